"""The demonstration's own H5P activity: libraries as folders beside this file, `h5p.json` and `content.json` of what is
played. Written for this project; no library of others is packed into it."""
