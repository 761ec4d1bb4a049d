import Bytes

extension Mapping {
  /// Events of Tetragon as its export writes them.
  /// Source: cilium/tetragon, api/v1/tetragon/events.proto and tetragon.proto.
  static let tetragonEvent = Mapping(
    .tetragonEvent, "Tetragon events",
    .object { bytes, members in
      members.has(bytes, "time")
        && members.hasAny(
          bytes, "process_exec", "process_exit", "process_kprobe", "process_tracepoint", "process_uprobe",
          "process_loader", "process_lsm", "process_throttle")
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "tetragon", native: "")],
    rules: [
      .time("time"),
      .copy("node_name", to: .hostName),
      .copy("cluster_name", to: .orchestratorClusterName),
      .compute(
        .eventAction, .eventCategory, .eventType,
        from: [
          "process_exec", "process_exit", "process_kprobe.function_name", "process_tracepoint.event", "process_loader",
          "process_uprobe.symbol", "process_lsm.function_name",
        ]
      ) { bytes, extractor in
        extractor.header.categories.insert(.process)
        let names = ["exec", "exit", "kprobe", "tracepoint", "loader", "uprobe", "lsm"]
        guard let found = names.indices.first(where: { extractor.input($0).hasValue }) else { return }
        extractor.header.types.insert(found == 0 ? .start : found == 1 ? .end : .info)
        if found == 4 { extractor.header.categories.insert(.library) }
        let function = found == 2 || found == 3 || found >= 5 ? extractor.text(found, bytes) : nil
        extractor.emit(.eventAction, function ?? names[found])
        if let function {
          if function.contains("tcp_") || function.contains("connect") || function.contains("sock") {
            extractor.header.categories.insert(.network)
          } else if function.contains("file") || function.contains("open") || function.contains("write") {
            extractor.header.categories.insert(.file)
          }
        }
      },
      all("process.pod.namespace", to: .orchestratorNamespace),
      all("process.pod.name", to: .kubernetesPodName),
      all("process.pod.container.id", to: .containerId),
      all("process.pod.container.image.name", to: .containerImageName),
      all("policy_name", to: .ruleName),
      all("args.sock_arg.saddr", to: .sourceIp),
      all("args.sock_arg.daddr", to: .destinationIp),
      all("process.pod.container.name", to: .kubernetesContainerName),
      all("process.pod.container.image.id", to: .containerImageId),
      all("process.pod.namespace", to: .kubernetesNamespace),
      all("process.pod.workload", to: .kubernetesOwnerName),
      all("process.pod.workload_kind", to: .kubernetesOwnerKind),
      all("process.binary", to: .processExecutable),
      .compute(.processCommandLine, .processName, from: paths("process.binary") + paths("process.arguments")) {
        bytes, extractor in
        guard let binary = first(bytes, extractor, 0..<roots.count) else { return }
        extractor.emit(.processName, String(binary.split(separator: "/").last ?? ""))
        let arguments = first(bytes, extractor, roots.count..<roots.count * 2)
        extractor.emit(.processCommandLine, arguments.map { binary + " " + $0 } ?? binary)
      },
      all("process.pid", to: .processPid),
      all("process.uid", to: .processUserId),
      all("process.auid", to: .userId),
      all("process.cwd", to: .processWorkingDirectory),
      all("process.exec_id", to: .processEntityId),
      .time(
        "process_exec.process.start_time", "process_exit.process.start_time", "process_kprobe.process.start_time",
        to: .processStart),
      all("parent.binary", to: .processParentExecutable),
      all("parent.pid", to: .processParentPid),
      all("parent.exec_id", to: .processParentEntityId),
      .copy("process_exit.status", to: .processExitCode),
      all("args.file_arg.path", to: .filePath),
      all("args.path_arg.path", to: .filePath),
      .copy("process_loader.path", to: .dllPath),
      all("args.sock_arg.sport", to: .sourcePort),
      all("args.sock_arg.dport", to: .destinationPort),
      all("args.sock_arg.protocol", to: .networkTransport),
      all("action", to: .eventReason),
      all("message", to: .message),
      all("tags", to: .tags),
      .constant("Tetragon", to: .observerProduct),
    ])

  private static let roots = [
    "process_exec", "process_exit", "process_kprobe", "process_tracepoint", "process_uprobe", "process_loader",
    "process_lsm",
  ]

  private static func paths(_ path: String) -> [NativePath] {
    roots.map { NativePath(stringLiteral: $0 + "." + path) }
  }

  private static func all(_ path: String, to field: FieldID) -> FieldRule {
    FieldRule(fields: [field], inputs: paths(path), action: field == .tags ? .all : .copy)
  }

  private static func first(_ bytes: Span<UInt8>, _ extractor: Extractor, _ inputs: Range<Int>) -> String? {
    for input in inputs {
      if let text = extractor.text(input, bytes) { return text }
    }
    return nil
  }
}
