package import Findings
package import Server
import Transport

/// Where the certificate authority of our listeners is kept: two files that only their owner may read.
package enum AuthorityFiles {
  /// Names as a Secret of Kubernetes holds them, so that a folder may be one.
  package static let certificate = "ca.crt"
  package static let key = "ca.key"

  /// Reads the authority in a folder, or makes one there.
  ///
  /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
  /// - Returns: the authority, and whether it was made now.
  package static func open(
    _ folder: String, now: Int
  ) throws(BartizanError) -> (authority: ServerAuthority, isNew: Bool) {
    let (certificatePath, keyPath) = (folder + "/" + certificate, folder + "/" + key)
    let hasCertificate = FilePaths.real(certificatePath) != nil
    let hasKey = FilePaths.real(keyPath) != nil
    guard hasCertificate || hasKey else {
      let made: ServerAuthority
      do throws(ServerAuthority.Failure) { made = try ServerAuthority.make(now: now) } catch {
        throw BartizanError(.remote, error.message)
      }
      // The key first: a certificate without its key is of no use, and is found out.
      try FileWriter.writePrivate(Array(made.key.utf8), to: keyPath)
      try FileWriter.writePrivate(Array(made.certificate.utf8), to: certificatePath)
      return (made, true)
    }
    guard hasCertificate, hasKey else {
      throw BartizanError(
        .input,
        "\(folder): \(hasCertificate ? key : certificate) is missing beside \(hasCertificate ? certificate : key)")
    }
    func text(_ path: String) throws(BartizanError) -> String {
      do throws(BartizanError) { return String(decoding: try FileReader.read(path), as: UTF8.self) } catch {
        throw BartizanError(.input, "\(path): \(error.message)")
      }
    }
    let (certificateText, keyText) = (try text(certificatePath), try text(keyPath))
    do throws(ServerAuthority.Failure) {
      return (try ServerAuthority(certificate: certificateText, key: keyText), false)
    } catch {
      throw BartizanError(.input, "\(folder): \(error.message)")
    }
  }
}
