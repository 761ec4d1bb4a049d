import Bytes

/// Crates that a Rust program was built from, as `cargo auditable` leaves them in it.
///
/// Source: rust-secure-code `cargo-auditable`, "PARSING.md": a section `.dep-v0` with zlib-compressed JSON.
enum RustBinary {
  /// Most bytes of the list of crates.
  private static let maximumBytes = 8 << 20

  static func extract(_ bytes: [UInt8], _ path: String) -> Extraction {
    guard let image = ELFImage(bytes), let range = image.section(".dep-v0") else { return Extraction() }
    do throws(DocumentError) {
      let plain = try Inflate.zlib(bytes[range], maximumBytes: maximumBytes)
      return .json(plain, path) { document, found in
        // What only the build ran is not in the program.
        for item in document["packages"]?.elements ?? [] where item["kind"]?.string != "build" {
          let source = item["source"]?.string ?? ""
          // What is not from the registry is not what its name says there.
          if source == "local" { continue }
          guard let name = item["name"]?.string, let version = item["version"]?.string,
            ["crates.io", "registry"].contains(source)
          else {
            found.leave(
              item["name"]?.string ?? "a crate", source.isEmpty ? .missing : .source, source, in: "crates.io", path)
            continue
          }
          found.packages.append(
            SoftwarePackage(ecosystem: Ecosystem("crates.io"), name: name, version: version, path: path))
        }
      }
    } catch {
      var found = Extraction()
      found.note(error, path)
      return found
    }
  }
}
