import AsyncHTTPClient
import Findings
import NIOCore
import NIOHTTP1

/// Fetches one file over HTTP, within bounds.
enum Download {
  /// Largest file, in bytes: the archive of the largest ecosystem has some two hundred million.
  static let largest = 1 << 29

  /// - Throws: one line that says what went wrong.
  static func get(_ url: String) async throws -> [UInt8] {
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "User-Agent", value: "bartizan")
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: .minutes(10))
      guard response.status == .ok else { throw BartizanError(.remote, "the server answered \(response.status.code)") }
      return Array(buffer: try await response.body.collect(upTo: largest))
    } catch let error as BartizanError {
      throw error
    } catch is NIOTooManyBytesError {
      throw BartizanError(.remote, "larger than \(largest >> 20) MiB")
    } catch {
      throw BartizanError(.remote, "\(error)")
    }
  }
}
