import Findings
import Transport

/// `certs.d` of Podman and Docker: a folder for each registry, with certificates of authorities (`.crt`), and with
/// certificates of the client (`.cert`) and their keys (`.key`).
///
/// Source: containers-certs.d(5); Docker, "Verify repository client with certificates".
enum CertificateFolder {
  private static let mostFiles = 1_000

  /// - Returns: nil where there is no such folder.
  /// - Throws: `input` for a file that cannot be read, and for a certificate without its key.
  static func read(_ folder: String) throws(BartizanError) -> RegistryTrust? {
    guard FilePaths.isFolder(folder), let names = FilePaths.names(in: folder) else { return nil }
    var trust = RegistryTrust()
    for name in names.sorted().prefix(mostFiles) {
      let path = folder + "/" + name
      if name.hasSuffix(".crt") {
        trust.authorities.append(try bytes(path))
      } else if name.hasSuffix(".cert") {
        let key = path.dropLast(4) + "key"
        guard FilePaths.exists(String(key)) else {
          throw BartizanError(.input, "\(path): its key, \(key), is not there")
        }
        // The first pair is the one; there is one identity for a registry.
        guard trust.chain.isEmpty else { continue }
        trust.chain = try bytes(path)
        trust.key = try bytes(String(key))
      } else if name.hasSuffix(".key"), !FilePaths.exists(String(path.dropLast(3)) + "cert") {
        throw BartizanError(.input, "\(path): its certificate, \(path.dropLast(3))cert, is not there")
      }
    }
    return trust
  }

  static func bytes(_ path: String) throws(BartizanError) -> [UInt8] {
    do throws(BartizanError) { return try FileReader.read(path) } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
  }
}
