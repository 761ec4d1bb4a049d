package import Bytes
package import Events

/// What becomes of the fields of each source (`events sources`): which are mapped, and which can only be reached by
/// their path.
package struct EventSourcesAnswer: KindOfAnswer {
  package static let kind = "EventSources"

  private let coverage: FieldCoverage
  private let isFull: Bool
  private let basis: EventBasis

  /// - Parameter isFull: whether the text lists every field instead of those that are not mapped.
  package init(_ coverage: FieldCoverage, isFull: Bool, basis: EventBasis) {
    self.coverage = coverage
    self.isFull = isFull
    self.basis = basis
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("sources")
    writer.array(of: coverage.sources) { writer, source in
      writer.object { writer in
        writer.field("dataset", source.dataset.rawValue)
        writer.field("title", source.title)
        writer.field("events", source.events)
        writer.field("cut", source.isCut)
        writer.key("mapped")
        writer.array(of: source.mapped) { writer, native in
          writer.object { writer in
            writer.field("path", native.path)
            writer.field("events", native.count)
            writer.field("fields", native.fields.map(\.name))
          }
        }
        writer.key("unmapped")
        writer.array(of: source.unmapped) { writer, native in
          writer.object { writer in
            writer.field("path", native.path)
            writer.field("events", native.count)
          }
        }
      }
      writer.drain(to: sink)
    }
    basis.write(&writer)
  }

  /// Fields below bodies of requests and labels have any name: they are summed up in one line.
  private static let mostUnmapped = 40

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for source in coverage.sources {
      if !text.isEmpty { text += "\n" }
      let mapped = source.mapped
      let unmapped = source.unmapped
      text +=
        TextTable(
          "\(source.title) (\(source.dataset.rawValue)): \(Phrase.count(source.events, "event")), \(Phrase.count(mapped.count, "field")) mapped, \(unmapped.count) by path only\(source.isCut ? ", and more than were counted" : "")",
          columns: ["field of the source", "events", "mapped to"],
          rows: (isFull ? mapped : []).map { native in
            [native.path, String(native.count), native.fields.map(\.name).joined(separator: ", ")]
          } + Self.condensed(unmapped, isFull: isFull)
        ).text(terminal)
    }
    if coverage.sources.isEmpty { text += "no event of a known source\n" }
    for (fault, count) in coverage.unparsed.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      text += "\(Phrase.count(count, "record")) kept without being understood: \(fault.rawValue)\n"
    }
    return text + basis.text
  }

  /// Paths that are not mapped. Where there are very many they are joined by their first parts.
  private static func condensed(_ unmapped: [FieldCoverage.Native], isFull: Bool) -> [[String]] {
    guard !isFull, unmapped.count > mostUnmapped else {
      return unmapped.map { [$0.path, String($0.count), "by path only"] }
    }
    var order: [String] = []
    var groups: [String: (paths: Int, events: Int)] = [:]
    for native in unmapped {
      let head = native.path.split(separator: ".").first.map(String.init) ?? native.path
      if groups[head] == nil { order.append(head) }
      let known = groups[head] ?? (0, 0)
      groups[head] = (known.paths + 1, max(known.events, native.count))
    }
    return order.map { head in
      let group = groups[head] ?? (0, 0)
      return [
        group.paths == 1 ? head : head + ".…", String(group.events),
        group.paths == 1 ? "by path only" : "\(group.paths) fields by path only; --all lists them",
      ]
    }
  }
}
