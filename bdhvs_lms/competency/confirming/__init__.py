"""Official confirmation: who confirmed what was attained, the certificate of it, its revocation; and beside it what
VNeID says, which is never ours."""
