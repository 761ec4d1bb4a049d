import AsyncHTTPClient
import Bytes
package import Findings
import Glibc
import Images
import NIOCore
import NIOHTTP1
import Transport

/// Fetches files over HTTP, within bounds: what has not changed is not fetched again, and what broke off goes on.
///
/// Source: RFC 9110, "Conditional Requests" and "Range Requests".
package struct Download: Sendable {
  /// Largest file, in bytes: the archive of the largest ecosystem has some two hundred million.
  static let largest = 1 << 29

  /// Where files are kept between runs; nil: nowhere.
  private let folder: String?
  /// Tries of a file whose connection breaks off.
  private let tries: Int

  package init(keepingIn folder: String? = nil, tries: Int = 4) {
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
    func write(_ folder: String) {
      unlink(path + ".mark")
      for (name, content) in [(path, bytes), (path + ".mark", Array(mark.utf8))] {
        let half = "\(name).\(getpid()).half"
        guard FileWriter.write(content, to: half, making: folder), rename(half, name) == 0 else {
          unlink(half)
          return
        }
      }
    }

    func remove() {
      unlink(path + ".mark")
      unlink(path)
    }
  }

  /// - Throws: one line that says what went wrong.
  package func get(_ url: String) async throws(BartizanError) -> [UInt8] {
    let name = folder.map { $0 + "/" + Digest.sha256(url.utf8).hex }
    let whole = name.map { Kept.read($0) } ?? Kept(path: "")
    var part = name.map { Kept.read($0 + ".part") } ?? Kept(path: "")
    var attempt = 1
    while true {
      let before = part.bytes.count
      let outcome = await fetch(url, whole, part)
      part = outcome.part
      guard let failure = outcome.failure else {
        if outcome.isUnchanged { return whole.bytes }
        if let folder, !part.mark.isEmpty {
          Kept(path: whole.path, bytes: part.bytes, mark: part.mark).write(folder)
          Kept(path: part.path).remove()
        }
        return part.bytes
      }
      attempt = part.bytes.count > before ? 1 : attempt + 1
      if failure.code == .broken, attempt <= tries, !part.mark.isEmpty || part.bytes.isEmpty { continue }
      if let folder, !part.mark.isEmpty, !part.bytes.isEmpty { part.write(folder) }
      throw BartizanError(.remote, failure.message)
    }
  }

  private struct Outcome {
    var part: Kept
    var isUnchanged = false
    var failure: BartizanError?
  }

  /// One request.
  ///
  /// - Returns: what there is of the file now, whether it has not changed since it was kept, and what went wrong.
  private func fetch(_ url: String, _ whole: Kept, _ begun: Kept) async -> Outcome {
    var part = begun
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "User-Agent", value: "bartizan")
    if !part.bytes.isEmpty, !part.mark.isEmpty {
      request.headers.add(name: "Range", value: "bytes=\(part.bytes.count)-")
      request.headers.add(name: "If-Range", value: part.mark)
    } else if !whole.mark.isEmpty {
      request.headers.add(name: whole.mark.hasPrefix("\"") ? "If-None-Match" : "If-Modified-Since", value: whole.mark)
    }
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: .minutes(10))
      switch response.status.code {
      case 304 where !whole.mark.isEmpty: return Outcome(part: part, isUnchanged: true)
      case 206 where response.headers.first(name: "Content-Range")?.hasPrefix("bytes \(part.bytes.count)-") == true:
        break
      case 200:
        part.bytes = []
        // A weak mark does not promise the same bytes.
        let tag = response.headers.first(name: "ETag").flatMap { $0.hasPrefix("W/") ? nil : $0 }
        part.mark = tag ?? response.headers.first(name: "Last-Modified") ?? ""
      case 206, 416:
        part.bytes = []
        part.mark = ""
        throw BartizanError(.broken, "the server goes on at another place than it was asked to")
      default: throw BartizanError(.remote, "the server answered \(response.status.code)")
      }
      let promised = response.headers.first(name: "Content-Length").flatMap { Int($0) }
      var came = 0
      for try await buffer in response.body {
        came += buffer.readableBytes
        part.bytes.append(contentsOf: buffer.readableBytesView)
        guard part.bytes.count <= Self.largest else {
          throw BartizanError(.remote, "larger than \(Self.largest >> 20) MiB")
        }
      }
      if let promised, came < promised { throw BartizanError(.broken, "the server broke off in the middle") }
      return Outcome(part: part)
    } catch let error as BartizanError {
      return Outcome(part: part, failure: error)
    } catch {
      let message = HTTPTrouble.message(error, server: "the server", connectSeconds: 10, readSeconds: 60)
      return Outcome(part: part, failure: BartizanError(.broken, message))
    }
  }
}

extension BartizanError.Code {
  /// A connection that ended too early: worth another try.
  static let broken = BartizanError.Code(rawValue: "broken")
}
