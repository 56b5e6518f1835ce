"""Looks for secrets in everything that was written: plain, Base64, percent-encoded, hex."""

import base64
import pathlib
import urllib.parse


def forms(secret):
    """Every form in which a secret is looked for; of Base64 what is the same at each of the three offsets."""
    raw = secret.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    found.add(urllib.parse.quote(secret, safe="").encode())
    found.add("".join(f"%{byte:02X}" for byte in raw).encode())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            text = encode(b"\0" * offset + raw)
            # The first and last characters depend on what stands beside the secret.
            found.add(text[(offset * 8 + 5) // 6 : (offset + len(raw)) * 8 // 6])
    return {form for form in found if len(form) >= 8}


class Leaks:
    """A search for some secrets."""

    def __init__(self, secrets):
        self.forms = [(name, form) for name, secret in secrets.items() for form in forms(secret)]

    def of(self, data):
        """The names of the secrets that stand in some bytes."""
        return sorted({name for name, form in self.forms if form in data})

    def below(self, directory):
        """Names of secrets in any file below a directory, with the file."""
        found = []
        for path in pathlib.Path(directory).rglob("*"):
            if path.is_file():
                found += [(name, path.name) for name in self.of(path.read_bytes())]
        return found
