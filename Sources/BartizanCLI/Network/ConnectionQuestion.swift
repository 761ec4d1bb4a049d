import ArgumentParser
import Findings
import Operations
import Reach
import Report

/// The protocol and request of a connection that the user asks about.
struct ConnectionQuestion: ParsableArguments {
  @Option(name: .shortAndLong, help: "The namespace of ends that are named without one.", transform: Input.namespace)
  var namespace: String?
  @Option(help: "TCP, UDP, SCTP or ICMP.", completion: .list(["TCP", "UDP", "SCTP", "ICMP"]))
  var `protocol`: String = "TCP"
  @Option(help: "HTTP method of the request.") var method: String?
  @Option(help: "HTTP path of the request.") var path: String?
  @Option(help: "HTTP host of the request.") var host: String?
  @Option(help: "A header of the request, NAME: VALUE. Repeatable.") var header: [String] = []
  @Option(help: "ICMP type.") var icmpType: Int?

  func question(_ port: Int?) throws(BartizanError) -> ReachQuestion {
    var request = ConnectionRequest()
    request.method = method
    request.path = path
    request.host = host
    request.icmpType = icmpType
    if !header.isEmpty || method != nil || path != nil {
      var headers: [String: String] = [:]
      for line in header {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { throw BartizanError(.usage, "--header needs NAME: VALUE, not \"\(line)\"") }
        headers[String(parts[0])] = String(parts[1].drop { $0 == " " })
      }
      request.headers = headers
    }
    if let portless = ReachQuestion.portless(`protocol`) {
      guard port == nil || port == 0 else { throw BartizanError(.usage, "\(`protocol`) has no ports") }
      request.ipProtocol = portless
      return ReachQuestion(nil, 0, request)
    }
    guard let transport = ConnectionSet.TransportProtocol(name: `protocol`) else {
      throw BartizanError(.usage, "\"\(`protocol`)\" is none of TCP, UDP, SCTP, ICMP")
    }
    guard let port else { throw BartizanError(.usage, "\(transport.name) needs a port") }
    return ReachQuestion(transport, try Self.number(port), request)
  }

  /// Asks whether one end may connect to another.
  ///
  /// - Parameter model: makes the model; it is not called for a question that is none.
  func ask(
    _ source: String, _ destination: String, _ port: Int?, _ model: () async throws -> ReachModel
  ) async throws -> AskedConnection {
    let question = try question(port)
    let model = try await model()
    let from = try model.end(named: source, in: namespace)
    let to = try model.end(named: destination, in: namespace, from: model.home(of: from))
    return AskedConnection(
      source: source, destination: destination, transport: `protocol`.uppercased(), port: port,
      answer: model.answer(from, to, question),
      notSeen: model.notSeen)
  }

  static func number(_ port: Int) throws(BartizanError) -> UInt16 {
    guard let number = UInt16(exactly: port), number > 0 else {
      throw BartizanError(.usage, "port \(port) is not within 1 to 65535")
    }
    return number
  }
}

extension ExitStatus {
  static func of(_ asked: AskedConnection) -> Int32 {
    switch asked.answer.verdict {
    case .allowed: clean
    case .denied: findings
    case .unknown: unknown
    }
  }
}
