import Bytes
package import Findings
import Glibc
import Images
package import Transport

/// Fetches files over HTTP, within bounds: what has not changed is not fetched again, and what broke off goes on.
///
/// Source: RFC 9110, "Conditional Requests" and "Range Requests".
package struct Download: Sendable {
  /// Largest file, in bytes: the archive of the largest ecosystem has some two hundred million.
  static let sizeLimit = 1 << 29

  /// Parts in which a file may come, however much each of them brings.
  private static let partLimit = 100

  /// Where files are kept between runs; nil: nowhere.
  private let folder: String?
  /// How servers are reached: proxies, authorities, timeouts.
  private let settings: HTTPSettings
  /// Tries of a file whose connection breaks off.
  private let tries: Int

  package init(_ settings: HTTPSettings, keepingIn folder: String? = nil, tries: Int = 4) {
    self.settings = settings
    self.folder = folder
    self.tries = tries
  }

  /// A file as it is kept: its content, and beside it the mark by which the server knows it.
  private struct Kept {
    let path: String
    var bytes: [UInt8]
    var mark: String

    init(path: String, bytes: [UInt8] = [], mark: String = "") {
      self.path = path
      self.bytes = bytes
      self.mark = mark
    }

    /// - Returns: nothing in it where there is none, or half of one.
    static func read(_ path: String) -> Kept {
      guard let mark = try? FileReader.read(path + ".mark"), let bytes = try? FileReader.read(path), !mark.isEmpty
      else {
        return Kept(path: path)
      }
      return Kept(path: path, bytes: bytes, mark: String(decoding: mark, as: UTF8.self))
    }

    /// What cannot be kept is fetched again next time.
    func write() {
      unlink(path + ".mark")
      do throws(BartizanError) {
        try FileWriter.writePrivate(bytes, to: path)
        try FileWriter.writePrivate(Array(mark.utf8), to: path + ".mark")
      } catch {
        remove()
      }
    }

    func remove() {
      unlink(path + ".mark")
      unlink(path)
    }
  }

  /// - Throws: one line that says what went wrong.
  package func get(_ url: String) async throws(BartizanError) -> [UInt8] {
    guard let address = HTTPURL(url) else {
      throw BartizanError(.usage, "\(HTTPURL.withoutPassword(url)) is no http or https URL")
    }
    let http = HTTPClient(settings)
    do throws(BartizanError) {
      let bytes = try await get(address, url, http)
      await http.close()
      return bytes
    } catch {
      await http.close()
      throw error
    }
  }

  private func get(_ address: HTTPURL, _ url: String, _ http: HTTPClient) async throws(BartizanError) -> [UInt8] {
    let name = folder.map { $0 + "/" + Digest.sha256(url.utf8).hex }
    let whole = name.map { Kept.read($0) } ?? Kept(path: "")
    var part = name.map { Kept.read($0 + ".part") } ?? Kept(path: "")
    var attempt = 1
    for _ in 0..<Self.partLimit {
      let before = part.bytes.count
      switch await fetch(address, whole, &part, http) {
      case .unchanged: return whole.bytes
      case .whole:
        if folder != nil, !part.mark.isEmpty {
          Kept(path: whole.path, bytes: part.bytes, mark: part.mark).write()
          Kept(path: part.path).remove()
        }
        return part.bytes
      case .broken(let error):
        // Without a mark nobody knows whether the rest is of the same file; then it begins anew.
        if part.mark.isEmpty { part.bytes = [] }
        attempt = part.bytes.count > before ? 1 : attempt + 1
        if error.kind.isWorthAnotherTry, attempt <= tries { continue }
        if folder != nil, !part.bytes.isEmpty { part.write() }
        throw BartizanError(.remote, error.message, cause: error)
      case .refused(let error): throw error
      }
    }
    throw BartizanError(.remote, "\(address.origin.text) breaks off again and again")
  }

  private enum Outcome {
    /// The file is what is kept of it.
    case unchanged
    case whole
    /// What there is of it may be gone on with.
    case broken(ConnectionError)
    case refused(BartizanError)
  }

  /// One request.
  ///
  /// - Parameter part: what there is of the file, before and after.
  private func fetch(_ url: HTTPURL, _ whole: Kept, _ part: inout Kept, _ http: HTTPClient) async -> Outcome {
    var request = HTTPRequest(url)
    request.redirects = .careful
    if !part.bytes.isEmpty, !part.mark.isEmpty {
      request.headers = [("Range", "bytes=\(part.bytes.count)-"), ("If-Range", part.mark)]
    } else if !whole.mark.isEmpty {
      request.headers = [(whole.mark.hasPrefix("\"") ? "If-None-Match" : "If-Modified-Since", whole.mark)]
    }
    do throws(ConnectionError) {
      let response = try await http.send(request)
      switch response.status {
      case 304 where !whole.mark.isEmpty: return .unchanged
      case 206 where response.header("Content-Range")?.hasPrefix("bytes \(part.bytes.count)-") == true:
        break
      case 200:
        part.bytes = []
        // A weak mark does not promise the same bytes.
        let tag = response.header("ETag").flatMap { $0.hasPrefix("W/") ? nil : $0 }
        part.mark = tag ?? response.header("Last-Modified") ?? ""
      case 206, 416:
        await response.discard()
        part.bytes = []
        part.mark = ""
        return .broken(
          ConnectionError(.closedEarly, "\(url.origin.text) goes on at another place than it was asked to"))
      default:
        await response.discard()
        return .refused(BartizanError(.remote, "the server answered \(response.status)"))
      }
      var bytes = part.bytes
      part.bytes = []
      defer { part.bytes = bytes }
      var isTooLarge = false
      try await response.stream { piece in
        guard piece.byteCount <= Self.sizeLimit - bytes.count else {
          isTooLarge = true
          return false
        }
        piece.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return true
      }
      guard !isTooLarge else {
        return .refused(BartizanError(.remote, "larger than \(Self.sizeLimit >> 20) MiB"))
      }
      return .whole
    } catch {
      return .broken(error)
    }
  }
}
