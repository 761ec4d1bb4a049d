import Bytes

extension Mapping {
  /// Lines of CRI runtimes (containerd, CRI-O); what the container printed is the content.
  static let criLog = Mapping(
    .containerLog, "Container log, CRI",
    .line { bytes, parts in
      guard let line = ContainerLog.parse(bytes) else { return false }
      parts.add("time", line.time)
      parts.add("stream", made: Array((line.isError ? "stderr" : "stdout").utf8))
      parts.add("log", line.message)
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
        && members.members.count <= 4
    },
    content: Content(paths: ["log"], isContainerOutput: true),
    aliases: [Alias(prefix: "container.log", native: "")],
    rules: rules)

  private static let rules: [FieldRule] = [
    .time("time"),
    .compute(.message, from: ["log"]) { bytes, extractor in
      guard var text = extractor.text(0, bytes) else { return }
      if text.hasSuffix("\n") { text.removeLast() }
      extractor.emit(.message, text)
    },
    .copy("stream", to: .logIostream),
    .compute(.eventCategory, .eventType, from: []) { _, extractor in
      extractor.header.types.insert(.info)
    },
  ]
}
