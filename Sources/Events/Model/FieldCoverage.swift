/// What became of the fields of each source: which of its own are mapped to which fields of the event, and which never
/// are and can only be reached by their path.
package struct FieldCoverage: Sendable {
  /// A field of the source.
  package struct Native: Sendable {
    /// As it stands in the record, arrays passed through.
    package let path: String
    /// Events that have it.
    package fileprivate(set) var count: Int
    /// Fields of the event that are made of it; empty: none.
    package let fields: [FieldID]
  }

  package struct Source: Sendable {
    package let dataset: Dataset
    /// Of the mapping, for people.
    package let title: String
    package fileprivate(set) var events = 0
    /// By path.
    package fileprivate(set) var native: [String: Native] = [:]
    /// More fields than are counted.
    package fileprivate(set) var isCut = false

    package var mapped: [Native] { native.values.filter { !$0.fields.isEmpty }.sorted { $0.path < $1.path } }
    package var unmapped: [Native] { native.values.filter { $0.fields.isEmpty }.sorted { $0.path < $1.path } }
  }

  /// Fields of one source that are counted at most: names in labels and annotations are anybody's choice.
  private static let most = 20_000

  private var byTitle: [String: Source] = [:]
  /// Events that were kept without being understood, by why.
  package private(set) var unparsed: [RecordFault: Int] = [:]

  package init() {}

  package var sources: [Source] {
    byTitle.values.sorted { ($0.dataset.rawValue, $0.title) < ($1.dataset.rawValue, $1.title) }
  }

  package mutating func add(_ event: Event) {
    if let fault = event.fault {
      unparsed[fault, default: 0] += 1
      return
    }
    var layers: [(Mapping, Set<[String]>)] = []
    event.eachLayer { mapping, payload, _ in
      var paths = Set<[String]>()
      event.withBytes(payload) { bytes in
        mapping.eachPath(bytes, header: event.batch.header, options: event.batch.options) { paths.insert($0) }
      }
      layers.append((mapping, paths))
      return true
    }
    for (mapping, paths) in layers {
      var source = byTitle[mapping.title] ?? Source(dataset: mapping.dataset, title: mapping.title)
      byTitle[mapping.title] = nil
      source.events += 1
      for path in paths {
        let name = path.joined(separator: ".")
        if source.native[name] != nil {
          source.native[name]?.count += 1
        } else if source.native.count < Self.most {
          source.native[name] = Native(path: name, count: 1, fields: mapping.fields(of: path))
        } else {
          source.isCut = true
        }
      }
      byTitle[mapping.title] = source
    }
  }
}

extension Mapping {
  /// Fields that are made of a native path, or of something that holds it.
  func fields(of path: [String]) -> [FieldID] {
    var fields: [FieldID] = []
    if let content, content.paths.contains(where: { path.starts(with: $0.keys) }) { fields.append(.message) }
    for rule in rules where rule.inputs.contains(where: { path.starts(with: $0.keys) }) {
      for field in rule.fields where !fields.contains(field) { fields.append(field) }
    }
    return fields.sorted { $0.rawValue < $1.rawValue }
  }

  /// Paths of all values of a record.
  func eachPath(
    _ bytes: Span<UInt8>, header: [String], options: DecodeOptions, _ body: ([String]) -> Void
  ) {
    switch form {
    case .object: Self.eachPath(bytes, 0..<bytes.count, .object, [], body)
    case .line(let parse):
      var parts = LineParts()
      guard parseLine(bytes, header, options, parse, &parts) else { return }
      let scratch = parts.scratch
      for part in parts.parts { body([scratch.span.text(part.key)]) }
    }
  }

  private static func eachPath(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind, _ path: [String], _ body: ([String]) -> Void
  ) {
    guard path.count < JSONScan.mostLevels else { return }
    switch kind {
    case .object:
      _ = JSONScan.members(bytes, range.lowerBound) { member in
        eachPath(bytes, member.value, member.kind, path + [key(bytes, member)], body)
        return true
      }
    case .array:
      _ = JSONScan.elements(bytes, range.lowerBound) { element, kind in
        eachPath(bytes, element, kind, path, body)
        return true
      }
    case .none: break
    default: body(path)
    }
  }

  private static func key(_ bytes: Span<UInt8>, _ member: JSONScan.Member) -> String {
    guard member.keyIsEscaped else { return bytes.text(member.key) }
    var text: [UInt8] = []
    JSONScan.unescape(bytes, member.key, into: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
