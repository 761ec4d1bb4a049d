import Bytes

/// `Content-Encoding` of a request.
enum BodyEncoding {
  /// Why a body cannot be had.
  enum Failure: Error {
    /// An encoding that is not known (RFC 9110, section 8.4: 415).
    case unsupported(String)
    case damaged(String)
    case tooLarge
  }

  /// Most bytes of a decompressed body for one of the compressed one, once it is more than 10 MiB.
  private static let ratio = 200

  /// - Parameter limit: bytes of the decompressed body.
  static func decoded(_ body: [UInt8], _ encoding: String?, limit: Int) throws(Failure) -> [UInt8] {
    let names = (encoding ?? "").lowercased().split(separator: ",").map { $0.filter { !$0.isWhitespace } }
      .filter { !$0.isEmpty && $0 != "identity" }
    // One encoding upon another is a bomb more often than not.
    guard names.count <= 1 else { throw .unsupported(encoding ?? "") }
    guard let name = names.first else { return body }
    var limits = Limits()
    limits.archiveBytes = limit
    limits.compressionRatio = ratio
    do throws(DocumentError) {
      switch name {
      case "gzip", "x-gzip": return try Gzip.decompress(body, limits: limits)
      case "zstd": return try Zstandard.decompress(body, limits: limits)
      case "deflate": return try Deflate.decompress(body, limits: limits)
      default: break
      }
    } catch {
      throw error.code == .size ? .tooLarge : .damaged(error.message)
    }
    throw .unsupported(name)
  }

  static let known = "gzip, zstd, deflate"
}
