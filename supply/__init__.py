"""What the package depends on: licences, dates of releases, hashes, a bill of materials."""
