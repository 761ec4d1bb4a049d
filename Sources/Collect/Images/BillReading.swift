package import Bytes
import Findings
import Images

/// Reading of bills of materials, here or in a process of its own: an answer is a word that says what it is, a line feed, and a text.
package enum BillReading {
  private static let found = "bill"
  private static let refused = "refused"

  /// For whoever asked, what a document holds, or why it is none.
  package static func message(_ bytes: [UInt8], file: String, _ limits: Limits = .standard) -> [UInt8] {
    let plain: [UInt8]
    do throws(DocumentError) {
      plain =
        Gzip.isGzip(bytes)
        ? try Gzip.decompress(bytes, limits: limits)
        : Zstandard.isZstandard(bytes) ? try Zstandard.decompress(bytes, limits: limits) : bytes
    } catch {
      return Array("\(refused)\n\(error.message)".utf8)
    }
    guard let bill = SBOMReader(plain, file: file) else {
      return Array(
        "\(refused)\nneither a folder nor an image archive (docker save, OCI layout) nor an SBOM (CycloneDX, SPDX, Syft)"
          .utf8)
    }
    return Array("\(found)\n".utf8) + bill.message
  }

  /// - Throws: where the document was refused, or there is no answer.
  static func content(_ message: [UInt8]) throws(BartizanError) -> SBOMReader {
    guard let end = message.firstIndex(of: 0x0A) else { throw LayerIsolation.noAnswer }
    let rest = Array(message[(end + 1)...])
    switch String(decoding: message[..<end], as: UTF8.self) {
    case refused: throw BartizanError(.input, String(decoding: rest, as: UTF8.self))
    case found:
      if let bill = SBOMReader(message: rest) { return bill }
      throw LayerIsolation.noAnswer
    default: throw LayerIsolation.noAnswer
    }
  }
}
