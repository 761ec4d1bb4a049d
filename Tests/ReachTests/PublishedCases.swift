import Bytes
import Findings
import Foundation
import Kube
import Reach
import TestKit

/// Cases that other projects published, in the format of the shared data.
enum PublishedCases {
  static func load(_ name: String) throws -> [DocumentNode] {
    let bytes = try Gzip.decompress(SharedData.bytes("netpol/expected/\(name).jsonl.gz"))
    return JSONReader.readStream(bytes).documents
  }

  /// - Parameter defaultNamespace: for policies that name none, as `kubectl apply -n` would have it.
  static func snapshot(_ inputs: [String], defaultNamespace: String? = nil) async throws -> ClusterSnapshot {
    let snapshot = try Fixtures.snapshot(of: inputs.map { "\(SharedData.root)/netpol/\($0)" })
    guard let defaultNamespace else { return snapshot }
    var builder = ClusterSnapshot.Builder()
    for object in snapshot.objects {
      guard object.namespace == nil, object.kind.hasSuffix("NetworkPolicy"), !object.kind.contains("Clusterwide") else {
        builder.add(object.root, file: object.file)
        continue
      }
      let metadata =
        (object.metadata?.entries ?? []) + [.init(key: "namespace", value: DocumentNode(.string(defaultNamespace)))]
      let entries = object.root.entries.map { entry in
        entry.key == "metadata"
          ? Mapping.Entry(key: "metadata", value: DocumentNode(.object(Mapping(metadata)))) : entry
      }
      builder.add(DocumentNode(.object(Mapping(entries))), file: object.file)
    }
    return builder.build()
  }

  /// Connections with external ranges cut into the pieces that both sides know, so that only meaning is compared.
  struct Matrix {
    private var pairs: [String: ConnectionSet] = [:]
    private var external: [String: [(range: IPRange, ports: ConnectionSet)]] = [:]

    /// Conditions are left aside: the published figures are of ports.
    mutating func add(_ source: String, _ destination: String, _ set: ConnectionSet) {
      let ports = ConnectionSet.TransportProtocol.allCases.reduce(ConnectionSet.none) { known, transport in
        set.ports(transport).reduce(known) { $0.union(ConnectionSet(transport, $1)) }
      }
      if let range = Self.range(source) {
        external["in " + destination, default: []].append((range, ports))
      } else if let range = Self.range(destination) {
        external["out " + source, default: []].append((range, ports))
      } else {
        pairs[source + " => " + destination] = (pairs[source + " => " + destination] ?? .none).union(ports)
      }
    }

    private static func range(_ name: String) -> IPRange? {
      guard name.hasPrefix("ip:") || name.hasPrefix("ip6:") else { return nil }
      let body = name.drop { $0 != ":" }.dropFirst()
      let parts = body.split(separator: "-")
      guard parts.count == 2, let low = IPAddress(String(parts[0])), let high = IPAddress(String(parts[1])) else {
        return nil
      }
      return IPRange(isV6: low.isV6, low: low.value, high: high.value)
    }

    /// Differences in words; empty when both mean the same.
    static func differences(_ ours: Matrix, _ theirs: Matrix, complete: Bool) -> [String] {
      var result: [String] = []
      for key in Set(ours.pairs.keys).union(theirs.pairs.keys).sorted() where complete || theirs.pairs[key] != nil {
        let a = ours.pairs[key] ?? .none
        let b = theirs.pairs[key] ?? .none
        if a.text != b.text { result.append("\(key): ours \(a.text), theirs \(b.text)") }
      }
      for key in Set(ours.external.keys).union(theirs.external.keys).sorted()
      where complete || theirs.external[key] != nil {
        let a = ours.external[key] ?? []
        let b = theirs.external[key] ?? []
        var cuts = Set<UInt128>()
        for (range, _) in a + b where !range.isV6 {
          cuts.insert(range.low)
          cuts.insert(range.high + 1)
        }
        for low in cuts.sorted() where low <= UInt128(UInt32.max) {
          let point = IPAddress(isV6: false, value: low)
          func at(_ list: [(range: IPRange, ports: ConnectionSet)]) -> ConnectionSet {
            list.filter { $0.range.contains(point) }.reduce(ConnectionSet.none) { $0.union($1.ports) }
          }
          if at(a).text != at(b).text {
            result.append("\(key) at \(point.text): ours \(at(a).text), theirs \(at(b).text)")
            break
          }
        }
      }
      return result
    }
  }

  /// A possible peer in one way of writing: parts of its selectors in order.
  static func peer(_ peer: PotentialExposure.Peer) -> String {
    func parts(_ selector: LabelSelector) -> String {
      selector.requirements.map { requirement in
        let values = requirement.values.sorted().joined(separator: " ")
        switch requirement.comparison {
        case .isIn: return "\(requirement.key) In \(values)"
        case .notIn: return "\(requirement.key) NotIn \(values)"
        case .exists: return "\(requirement.key) Exists "
        case .doesNotExist: return "\(requirement.key) DoesNotExist "
        }
      }.sorted().joined(separator: ";")
    }
    switch peer {
    case .entireCluster: return "entire-cluster"
    case .pods(.named(let name), let selector): return "\(name)/\(parts(selector))"
    case .pods(.matching(let namespaces), let selector): return "{\(parts(namespaces))}/\(parts(selector))"
    }
  }

  /// The same of `[namespace with {env=a,{Key:b,Operator:In,Values:[c d],}}]/[all pods]`.
  static func peer(_ text: String) -> String {
    if text == "entire-cluster" { return text }
    func parts(_ text: Substring) -> String {
      guard let open = text.firstIndex(of: "{") else { return "" }
      var rest = text[text.index(after: open)...]
      var found: [String] = []
      while let next = rest.first, next != "}" {
        if next == "{" {
          let end = rest.range(of: ",}")?.upperBound ?? rest.endIndex
          let body = rest[..<end]
          func field(_ name: String, _ stop: Character) -> Substring {
            body.range(of: name + ":").map { body[$0.upperBound...].prefix { $0 != stop } } ?? ""
          }
          let values = field("Values", "]").dropFirst().split(separator: " ").sorted().joined(separator: " ")
          found.append("\(field("Key", ",")) \(field("Operator", ",")) \(values)")
          rest = rest[end...]
        } else {
          let item = rest.prefix { $0 != "," && $0 != "}" }
          let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          found.append("\(pair[0]) In \(pair.count == 2 ? pair[1] : "")")
          rest = rest[item.endIndex...]
        }
        if rest.first == "," { rest = rest.dropFirst() }
      }
      return found.sorted().joined(separator: ";")
    }
    let separator = text.range(of: "/[", options: .backwards)
    let place = separator.map { text[..<$0.lowerBound] } ?? text[...]
    let pods = separator.map { text[$0.upperBound...] } ?? ""
    return "\(place.hasPrefix("[") ? "{\(parts(place))}" : String(place))/\(parts(pods))"
  }

  static func ports(_ node: DocumentNode?) -> ConnectionSet {
    var set = ConnectionSet.none
    for entry in node?.entries ?? [] {
      guard let transport = ConnectionSet.TransportProtocol(name: entry.key) else { continue }
      for pair in entry.value.elements {
        guard let low = pair.elements.first?.int.flatMap({ UInt16(exactly: $0) }),
          let high = pair.elements.last?.int.flatMap({ UInt16(exactly: $0) }), low <= high
        else { continue }
        set = set.union(ConnectionSet(transport, max(1, low)...max(1, high)))
      }
    }
    return set
  }
}
