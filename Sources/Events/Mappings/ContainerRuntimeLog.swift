import Bytes

extension Mapping {
  /// Lines of CRI runtimes (containerd, CRI-O); what the container printed is the content.
  static let criLog = Mapping(
    .containerLog, "Container log, CRI",
    .line { bytes, parts in
      guard let line = ContainerLog.parse(bytes) else { return false }
      parts.add("time", line.time)
      parts.add("stream", made: Array((line.isError ? "stderr" : "stdout").utf8))
      guard let end = bytes.first(0x0A, from: line.message.lowerBound) else {
        parts.add("log", line.message)
        if line.isPartial { parts.add("partial", made: unfinished) }
        return true
      }
      var joined = Joined()
      joined.add(bytes, line.message.lowerBound..<end, isPartial: line.isPartial)
      var place = end + 1
      while place <= bytes.count {
        let end = bytes.first(0x0A, from: place) ?? bytes.count
        if let next = ContainerLog.parse(bytes.extracting(place..<end)) {
          joined.add(
            bytes, place + next.message.lowerBound..<place + next.message.upperBound, isPartial: next.isPartial)
        }
        place = end + 1
      }
      parts.add("log", made: joined.text)
      if joined.isOpen { parts.add("partial", made: unfinished) }
      return true
    },
    content: Content(paths: ["log"], isContainerOutput: true),
    aliases: [Alias(prefix: "container.log", native: "")],
    rules: rules)

  /// Docker's json-file logging driver. Source: docs.docker.com, "JSON File logging driver".
  static let dockerLog = Mapping(
    .containerLog, "Container log, Docker JSON",
    .object { bytes, members in
      members.isText(bytes, "log") && members.isText(bytes, "time") && members.isText(bytes, "stream")
        && members.members.count <= 4 && !members.has(bytes, "kubernetes")
    },
    content: Content(paths: ["log"], isContainerOutput: true),
    aliases: [Alias(prefix: "container.log", native: "")],
    rules: rules)

  /// Several lines of Docker's that were joined.
  static let dockerLines = Mapping(
    .containerLog, "Container log, Docker JSON, joined",
    .line { bytes, parts in
      guard bytes.count > 0, bytes[0] == 0x7B else { return false }
      var joined = Joined()
      var place = 0
      var members = JSONMembers()
      while place < bytes.count {
        let start = JSONScan.skipSpace(bytes, place)
        guard start < bytes.count, bytes[start] == 0x7B else { break }
        let end = members.read(bytes, start)
        guard end > 0, let log = members.member(bytes, "log") else { return false }
        if place == 0 {
          for key in ["time", "stream"] as [StaticString] {
            if let member = members.member(bytes, key), member.kind == .string {
              parts.add(key, Extractor.inner(member.value, member.kind))
            }
          }
        }
        var text: [UInt8] = []
        JSONScan.unescape(bytes, Extractor.inner(log.value, log.kind), into: &text)
        let isPartial = text.last != 0x0A
        if !isPartial { text.removeLast() }
        joined.add(text.span, 0..<text.count, isPartial: isPartial)
        place = end
      }
      parts.add("log", made: joined.text)
      if joined.isOpen { parts.add("partial", made: unfinished) }
      return place > 0
    },
    content: Content(paths: ["log"], isContainerOutput: true),
    aliases: [Alias(prefix: "container.log", native: "")],
    rules: rules)

  /// `container.log.partial` of what the runtime never finished writing.
  private static let unfinished = Array("true".utf8)

  /// What lines that were joined say together.
  private struct Joined {
    var text: [UInt8] = []
    /// Whether the last piece is one whose rest did not follow.
    private(set) var isOpen = true

    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>, isPartial: Bool) {
      if !isOpen { text.append(0x0A) }
      for place in range { text.append(bytes[place]) }
      isOpen = isPartial
    }
  }

  private static let rules: [FieldRule] = [
    .time("time"),
    .compute(.message, from: ["log"]) { bytes, extractor in
      guard var text = extractor.text(0, bytes) else { return }
      if text.hasSuffix("\n") { text.removeLast() }
      extractor.emit(.message, text)
    },
    .copy("stream", to: .logIostream),
    .compute(.eventCategory, .eventType, from: []) { _, extractor in
      if extractor.header.types.isEmpty { extractor.header.types.insert(.info) }
    },
  ]
}
