import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A response: its head, and a body that is read as it arrives.
package struct HTTPResponse: Sendable {
  package let status: Int
  /// The URL that answered, after redirects.
  package let url: HTTPURL
  /// Number of attempts that it took.
  package internal(set) var attempts = 1
  private let fields: HTTPHeaders
  private let body: HTTPClientResponse.Body
  private let timeouts: HTTPTimeouts

  init(_ response: HTTPClientResponse, url: HTTPURL, timeouts: HTTPTimeouts) {
    status = Int(response.status.code)
    self.url = url
    fields = response.headers
    body = response.body
    self.timeouts = timeouts
  }

  /// The first value of a header; nil where it is absent.
  package func header(_ name: String) -> String? { fields.first(name: name) }

  /// All values of a header, in order.
  package func headers(_ name: String) -> [String] { fields[name] }

  private var server: String { url.origin.text }

  /// Length of the body by its head; nil where it is not given, or where the body is decompressed.
  private var promised: Int? {
    fields.contains(name: "Content-Encoding") ? nil : header("Content-Length").flatMap { Int($0) }
  }

  /// The complete body.
  ///
  /// - Throws: when it exceeds the limit, takes too long, or is cut off.
  package func collect(atMost limit: Int) async throws(ConnectionError) -> [UInt8] {
    if let promised, promised > limit { throw tooLarge(limit) }
    var bytes: [UInt8] = []
    let end = ContinuousClock.now + timeouts.body
    do {
      for try await part in body {
        guard part.readableBytes <= limit - bytes.count else { throw tooLarge(limit) }
        bytes.append(contentsOf: part.readableBytesView)
        guard .now < end else {
          throw ConnectionError(.tooSlow, "\(server) sends too slowly; \(bytes.count) bytes came in time")
        }
      }
    } catch {
      throw .of(error, server: server, timeouts: timeouts)
    }
    return bytes
  }

  private func tooLarge(_ limit: Int) -> ConnectionError {
    ConnectionError(.tooLarge, "the answer of \(server) is larger than \(limit) bytes")
  }

  /// Passes the body in pieces as they arrive.
  ///
  /// - Parameter take: receives a piece, and returns false to stop.
  /// - Throws: when it is too slow, or not as long as announced.
  package func stream(_ take: (RawSpan) -> Bool) async throws(ConnectionError) {
    let began = ContinuousClock.now
    var came = 0
    do {
      for try await part in body {
        came += part.readableBytes
        if let promised, came > promised {
          throw ConnectionError(.badAnswer, "\(server) sends more than it promised")
        }
        guard part.readableBytesView.withUnsafeBytes({ take($0.bytes) }) else { return }
        let elapsed = ContinuousClock.now - began
        if elapsed > timeouts.stream {
          throw ConnectionError(
            .tooSlow, "\(server) did not send all within \(timeouts.stream.seconds) seconds; given up")
        }
        if elapsed > .seconds(60), came / Int(elapsed.seconds) < timeouts.slowestRate {
          throw ConnectionError(
            .tooSlow, "\(server) sends fewer than \(timeouts.slowestRate) bytes a second; given up")
        }
      }
    } catch {
      throw .of(error, server: server, timeouts: timeouts)
    }
    if let promised, came < promised {
      throw ConnectionError(.closedEarly, "\(server) broke off in the middle of an answer")
    }
  }

  /// Reads the rest of a short body, so that the connection can be reused. A long or slow body is dropped with its
  /// connection.
  package func discard() async {
    guard header("Content-Length").map({ Int($0) ?? .max }) ?? 0 <= 1 << 16 else { return }
    let body = body
    await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = try? await body.collect(upTo: 1 << 16) }
      group.addTask { try? await Task.sleep(for: .seconds(2)) }
      await group.next()
      group.cancelAll()
    }
  }
}
