import Bytes
import Crypto
import Transport

/// Sends a message of Fluent Forward and waits until the receiver says that it has it. Where there is a key both sides prove that
/// they know it first, without sending it.
///
/// Source: "Forward Protocol Specification v1", "Authentication", "Response".
struct FluentExchange {
  let settings: HTTPSettings
  /// Bytes of its words.
  private static let mostBytes = 16 << 10
  private static let depth = 3
  /// What this side calls itself.
  private static let host = "bartizan"

  /// The receiver's words that have arrived.
  private struct Words {
    let stream: OutgoingStream
    let server: String
    /// For each of them.
    let patience: Duration
    var bytes: [UInt8] = []
    var used = 0

    /// - Returns: the next value, as a reader of its bytes.
    mutating func next() async throws(ConnectionError) -> MessagePackReader {
      var scanner = MessagePackScanner(limit: FluentExchange.mostBytes, depth: FluentExchange.depth)
      while true {
        switch scanner.scan(bytes.span, from: used) {
        case .complete(let end):
          let reader = MessagePackReader(bytes, used..<end)
          used = end
          return reader
        case .faulty: throw ConnectionError(.badAnswer, "\(server) answers in no Fluent Forward that is understood")
        case .incomplete:
          guard let more = try await stream.read(within: patience) else {
            throw ConnectionError(
              .closedEarly, "\(server) ended the connection before it had said that it took anything")
          }
          bytes += more
        }
      }
    }
  }

  func send(_ payload: Payload, _ destination: Destination) async throws(ConnectionError) -> Answer {
    let stream = try await OutgoingStream.open(
      host: destination.url.host, port: destination.port, isSecure: destination.isTLS, settings)
    let answer: Answer
    do throws(ConnectionError) {
      answer = try await send(payload, destination, stream)
    } catch {
      await stream.close()
      throw error
    }
    await stream.close()
    return answer
  }

  private func send(
    _ payload: Payload, _ destination: Destination, _ stream: OutgoingStream
  ) async throws(ConnectionError) -> Answer {
    var words = Words(
      stream: stream, server: destination.url.authority, patience: settings.timeouts.idle)
    if let key = destination.sharedKey {
      var helo = try await words.next()
      guard let greeting = Self.greeting(&helo) else {
        return .refused("the receiver does not greet as one with a key")
      }
      var random = SystemRandomNumberGenerator()
      let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
      try await stream.write(Self.ping(destination, key, greeting, salt))
      var pong = try await words.next()
      switch Self.verdict(&pong, key, greeting, salt) {
      case nil: break
      case let refusal?: return .refused(refusal)
      }
    }
    try await stream.write(payload.body)
    while true {
      var answer = try await words.next()
      guard let chunk = Self.acknowledged(&answer) else {
        return .refused("the answer is none of Fluent Forward's")
      }
      if chunk == payload.chunk { return .taken(known: 0) }
    }
  }

  // MARK: Words

  private struct Greeting {
    var nonce: [UInt8] = []
    /// The salt of passwords; empty where none is wanted.
    var auth: [UInt8] = []
  }

  private static func greeting(_ reader: inout MessagePackReader) -> Greeting? {
    do throws(MessagePackFailure) {
      guard case .array(2) = try reader.next(), reader.bytes[try reader.text()].elementsEqual("HELO".utf8),
        case .map(let count) = try reader.next()
      else { return nil }
      var greeting = Greeting()
      for _ in 0..<count {
        switch String(decoding: reader.bytes[try reader.text()], as: UTF8.self) {
        case "nonce": greeting.nonce = Array(reader.bytes[try reader.text()])
        case "auth": greeting.auth = Array(reader.bytes[try reader.text()])
        default: _ = try reader.skip()
        }
      }
      return greeting
    } catch {
      return nil
    }
  }

  private static func ping(
    _ destination: Destination, _ key: Destination.Secret, _ greeting: Greeting, _ salt: [UInt8]
  ) -> [UInt8] {
    var writer = MessagePackWriter()
    writer.array(6)
    writer.string("PING")
    writer.string(host)
    writer.binary(salt)
    writer.string(digest(salt + Array(host.utf8) + greeting.nonce + Array(key.text.utf8)))
    let user = destination.username ?? ""
    writer.string(user)
    writer.string(
      greeting.auth.isEmpty
        ? "" : digest(greeting.auth + Array(user.utf8) + Array((destination.secret?.text ?? "").utf8)))
    return writer.bytes
  }

  /// - Returns: why the receiver does not let us in, or is none that knows the key; nil where all is well.
  private static func verdict(
    _ reader: inout MessagePackReader, _ key: Destination.Secret, _ greeting: Greeting, _ salt: [UInt8]
  ) -> String? {
    do throws(MessagePackFailure) {
      guard case .array(5) = try reader.next(), reader.bytes[try reader.text()].elementsEqual("PONG".utf8),
        case .flag(let isIn) = try reader.next()
      else { return "the answer is none of Fluent Forward's" }
      let why = String(decoding: reader.bytes[try reader.text()], as: UTF8.self)
      guard isIn else { return "the receiver lets us not in: \(Answer.line(why))" }
      let name = Array(reader.bytes[try reader.text()])
      let proof = Array(reader.bytes[try reader.text()])
      let wanted = digest(salt + name + greeting.nonce + Array(key.text.utf8))
      return proof == Array(wanted.utf8) ? nil : "the receiver does not prove that it knows the key"
    } catch {
      return "the answer is none of Fluent Forward's"
    }
  }

  private static func acknowledged(_ reader: inout MessagePackReader) -> String? {
    do throws(MessagePackFailure) {
      guard case .map(let count) = try reader.next() else { return nil }
      for _ in 0..<count {
        let name = reader.bytes[try reader.text()]
        if name.elementsEqual("ack".utf8) { return String(decoding: reader.bytes[try reader.text()], as: UTF8.self) }
        _ = try reader.skip()
      }
      return nil
    } catch {
      return nil
    }
  }

  private static func digest(_ bytes: [UInt8]) -> String { Hex.text(SHA512.hash(data: bytes)) }
}
