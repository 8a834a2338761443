"""Names of browsers in two words that their owners know: `chrome android`. The rest is not kept."""

from __future__ import annotations

from django.utils.translation import gettext as _

# In this order: most browsers claim to be several others too.
BROWSERS = (
    ("coc_coc", "coccoc", "Cốc Cốc"),
    ("Edg", "edge", "Edge"),
    ("SamsungBrowser", "samsung", "Samsung Internet"),
    ("OPR/", "opera", "Opera"),
    ("UCBrowser", "uc", "UC Browser"),
    ("Zalo", "zalo", "Zalo"),
    ("FBAN", "facebook", "Facebook"),
    ("FBAV", "facebook", "Facebook"),
    ("Firefox", "firefox", "Firefox"),
    ("FxiOS", "firefox", "Firefox"),
    ("CriOS", "chrome", "Chrome"),
    ("Chrome", "chrome", "Chrome"),
    ("Safari", "safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iphone", "iPhone"),
    ("iPad", "ipad", "iPad"),
    ("Android", "android", "Android"),
    ("Windows", "windows", "Windows"),
    ("CrOS", "chromeos", "ChromeOS"),
    ("Mac OS X", "mac", "Mac"),
    ("Linux", "linux", "Linux"),
)
_NAMES = {key: name for _sign, key, name in (*BROWSERS, *SYSTEMS)}


def device_of(user_agent: str) -> str:
    """Return browser and system in at most 30 letters; each may be missing. Total."""
    told = user_agent[:500]
    found = [next((key for sign, key, _name in table if sign in told), "") for table in (BROWSERS, SYSTEMS)]
    return " ".join(key for key in found if key)


def device_words(device: str) -> str:
    """Return the device in words for people: “Chrome trên Android”."""
    names = [_NAMES[key] for key in device.split() if key in _NAMES]
    if len(names) == 2:
        return _("%(browser)s on %(system)s") % {"browser": names[0], "system": names[1]}
    return names[0] if names else _("Unknown device")
