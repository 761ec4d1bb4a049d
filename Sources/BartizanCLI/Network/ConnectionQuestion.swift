import ArgumentParser
import Bytes
import Findings
import Reach

/// What is asked of a pair of ends: protocol, port, and what is known of the request.
struct ConnectionQuestion: ParsableArguments {
  @Option(help: "TCP, UDP, SCTP or ICMP.") var `protocol`: String = "TCP"
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
        guard parts.count == 2 else { throw BartizanError(.usage, "--header wants NAME: VALUE, not \"\(line)\"") }
        headers[String(parts[0])] = String(parts[1].drop { $0 == " " })
      }
      request.headers = headers
    }
    if let portless = Self.portless(`protocol`) {
      guard port == nil || port == 0 else { throw BartizanError(.usage, "\(`protocol`) has no ports") }
      request.ipProtocol = portless
      return ReachQuestion(nil, 0, request)
    }
    guard let transport = ConnectionSet.TransportProtocol(name: `protocol`) else {
      throw BartizanError(.usage, "\"\(`protocol`)\" is none of TCP, UDP, SCTP, ICMP")
    }
    guard let port else { throw BartizanError(.usage, "\(transport.name) wants a port") }
    return ReachQuestion(transport, try NetworkCanCommand.number(port), request)
  }

  static func portless(_ name: String) -> String? {
    switch name.uppercased() {
    case "ICMP": "ICMP"
    case "ICMPV6": "ICMPv6"
    default: nil
    }
  }

  /// A line of a batch: `protocol`, `port`, and `http` with `method`, `path`, `host` and `headers`.
  static func read(_ document: DocumentNode) -> ReachQuestion? {
    let name = document["protocol"]?.string ?? "TCP"
    var request = ConnectionRequest()
    if let http = document["http"] {
      request.method = http["method"]?.string
      request.path = http["path"]?.string
      request.host = http["host"]?.string
      request.headers = http["headers"]?.stringMap ?? [:]
    }
    request.icmpType = document["icmp_type"]?.int.flatMap { Int(exactly: $0) }
    if let portless = portless(name) {
      request.ipProtocol = portless
      return ReachQuestion(nil, 0, request)
    }
    guard let transport = ConnectionSet.TransportProtocol(name: name),
      let port = document["port"]?.int.flatMap({ UInt16(exactly: $0) }), port > 0
    else { return nil }
    return ReachQuestion(transport, port, request)
  }
}

extension ReachModel.Answer {
  /// `yes`, `no` or `unknown`.
  var word: String {
    switch verdict {
    case .allowed: "yes"
    case .denied: "no"
    case .unknown: "unknown"
    }
  }

  /// What follows the reason: the condition that is left open, and what the input lacks.
  var notes: [String] {
    var notes: [String] = []
    if case .test = condition { notes.append("only for: \(condition.text)") }
    if !missing.isEmpty { notes.append("the input lacks: \(missing.map(\.text).joined(separator: "; "))") }
    return notes
  }

  func write(_ writer: inout JSONWriter) {
    writer.field("allowed", allowed)
    writer.field("reason", reason)
    if verdict == .unknown {
      writer.field("verdict", verdict.rawValue)
      writer.key("missing")
      writer.array(of: missing) { $0.value($1.text) }
    }
    if case .test = condition { writer.field("l7", condition.text) }
  }
}
