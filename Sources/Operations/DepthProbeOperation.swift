package import Collect
package import Depth
package import Findings
import Transport

/// Asks servers that the user named whether their doors are open, and compares what they say with the graph of a cluster.
package struct DepthProbeOperation: Sendable {
  package var limits = Prober.Limits()
  /// Of the identities that `rights` targets name.
  package var identities: [String: Result<ClusterEndpoint, BartizanError>] = [:]
  /// Path of authorities, as PEM, that are trusted besides those of the machine.
  package var authorities: String?

  package init() {}

  /// - Throws: `BartizanError` for an authority that cannot be read.
  package func run(
    _ targets: [ProbeTarget], environment: @escaping @Sendable (String) -> String?,
    log: @escaping @Sendable (ProbeRequest) -> Void
  ) async throws(BartizanError) -> [ProbeResult] {
    var read: [UInt8]?
    if let authorities { read = try FileReader.named(authorities) }
    let prober = Prober(identities: identities, authorities: read, limits: limits, environment: environment)
    return await prober.run(targets, log: log)
  }

  // MARK: Targets

  /// - Throws: `BartizanError` for what names no single server: ranges are not probed.
  package static func targets(_ texts: [String]) throws(BartizanError) -> [ProbeTarget] {
    guard texts.count <= Prober.Limits.targets else {
      throw BartizanError(.usage, "\(texts.count) targets; there are at most \(Prober.Limits.targets) in one run")
    }
    var targets: [ProbeTarget] = []
    var seen = Set<String>()
    for text in texts where seen.insert(text).inserted { targets.append(try target(text)) }
    return targets
  }

  private static func target(_ text: String) throws(BartizanError) -> ProbeTarget {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let rest = parts.count > 1 ? String(parts[1]) : nil
    guard let kind = ProbeTarget.Kind(rawValue: String(parts[0])), rest != "" else {
      throw BartizanError(
        .usage, "\"\(text)\" is no target of a probe; one is \(ProbeTarget.spellings)")
    }
    switch kind {
    case .rights: return ProbeTarget(.rights, text: text)
    case .kubelet, .etcd: return try server(kind, text, "https://" + (rest ?? ""))
    case .metadata: return try server(kind, text, "http://" + (rest ?? ProbeTarget.metadataHost))
    case .apiServer, .dashboard, .service:
      guard let rest, rest.hasPrefix("https://") || rest.hasPrefix("http://") else {
        throw BartizanError(
          .usage, "\"\(text)\": \(kind.rawValue) is followed by an address, such as \(kind.rawValue):https://host")
      }
      return try server(kind, text, rest)
    }
  }

  private static func server(_ kind: ProbeTarget.Kind, _ text: String, _ address: String) throws(BartizanError)
    -> ProbeTarget
  {
    guard let url = HTTPURL(address) else {
      throw BartizanError(.usage, "\"\(HTTPURL.withoutPassword(text))\" does not name one server")
    }
    guard url.user == nil else {
      throw BartizanError(.usage, "\"\(HTTPURL.withoutPassword(text))\": probes carry no login; leave it out")
    }
    let takesPath = [.dashboard, .service].contains(kind)
    if !takesPath, !url.target.isEmpty, url.target != "/" {
      throw BartizanError(
        .usage, "\"\(text)\": ranges are not probed, and probes choose the path; name a host and its port")
    }
    if url.target.contains("?") { throw BartizanError(.usage, "\"\(text)\": a target has no query") }
    let path = String(url.target.reversed().drop { $0 == "/" }.reversed())
    return ProbeTarget(
      kind, text: text, isSecure: url.isSecure, host: url.host, port: url.port, path: path)
  }

  /// The context whose identity a `rights` target names; nil for the account of the pod that this runs in.
  package static func context(of target: ProbeTarget) -> String? {
    target.kind == .rights && target.text.hasPrefix("rights:") ? String(target.text.dropFirst("rights:".count)) : nil
  }
}
