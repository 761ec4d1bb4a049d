import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// An answer: its head, and a body that comes as it is read.
package struct HTTPResponse: Sendable {
  package let status: Int
  /// Where it came from, after redirects.
  package let url: HTTPURL
  /// How many times it was asked for.
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

  /// The first of a header's values.
  package func header(_ name: String) -> String? { fields.first(name: name) }

  /// All of a header's values, in order.
  package func headers(_ name: String) -> [String] { fields[name] }

  private var server: String { url.origin.text }

  /// Bytes that the head promises; nil where it does not tell, or where they are unpacked on the way.
  private var promised: Int? {
    fields.contains(name: "Content-Encoding") ? nil : header("Content-Length").flatMap { Int($0) }
  }

  /// The whole body.
  ///
  /// - Throws: when it is larger than the limit, does not come in time, or breaks off.
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

  /// Gives the body in pieces, as they come.
  ///
  /// - Parameter take: gets a piece; false: no more is wanted.
  /// - Throws: when it comes too slowly, or is not as long as was promised.
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

  /// Reads what is left of a short body, so that the connection can be used again; a long one, and one that drips, is left
  /// with its connection.
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
