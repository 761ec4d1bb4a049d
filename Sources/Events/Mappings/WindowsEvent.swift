import Bytes

extension Mapping {
  /// Windows event logs as JSON: the tree of an event's XML as evtx readers write it, Winlogbeat's `winlog`, and flat
  /// records as agents send them. Sysmon's and the Security log's fields have their names in the schema. Source:
  /// learn.microsoft.com, "Event schema elements"; Sysmon's manifest; Winlogbeat's ECS mapping of both.
  static let windowsEvent = Mapping(
    .windows, "Windows event log",
    .object { bytes, members in
      members.has(bytes, "Event", holding: "System") || members.has(bytes, "winlog", holding: "event_id")
        || members.has(bytes, "EventID")
          && members.hasAny(bytes, "Channel", "Computer", "Provider_Name", "ProviderName")
    },
    isAuthoritative: true,
    aliases: roots.map { Alias(prefix: "winlog.event_data", native: $0) } + [
      Alias(prefix: "winlog.system", native: "Event.System"),
      Alias(prefix: "winlog.user_data", native: "Event.UserData"),
      Alias(prefix: "", native: "Event.EventData"), Alias(prefix: "", native: "Event.System"),
      Alias(prefix: "", native: "winlog.event_data"), Alias(prefix: "", native: "Event.UserData.*"),
      Alias(prefix: "winlog", native: "winlog"),
    ],
    rules: [
      .time(
        "Event.System.TimeCreated.#attributes.SystemTime", "Event.System.TimeCreated.SystemTime", "@timestamp",
        "TimeCreated", "UtcTime", "EventTime"),
      .copy("Event.System.Computer", "winlog.computer_name", "Computer", "Hostname", to: .hostName),
      .compute(
        .eventAction, .eventCategory, .eventType, .eventOutcome,
        from: [
          "Event.System.EventID", "Event.System.EventID.#text", "winlog.event_id", "EventID", "Event.System.Channel",
          "winlog.channel", "Channel", "Event.System.Provider.#attributes.Name",
        ]
      ) { bytes, extractor in
        guard let id = extractor.integer(0...3, bytes) else { return }
        let channel = extractor.text(4...7, bytes) ?? ""
        WindowsEventKinds.classify(id, channel, &extractor)
      },
      data(.userName, "User", "TargetUserName", "SubjectUserName", "AccountName"),
      data(.sourceIp, "SourceIp", "IpAddress", "SourceAddress"),
      data(.destinationIp, "DestinationIp", "DestAddress"),
      data(.ruleName, "RuleName"),
      .compute(.logLevel, from: ["Event.System.Level", "winlog.level", "Level", "log.level"]) { bytes, extractor in
        if let number = extractor.integer(0...2, bytes) {
          switch number {
          case 1: extractor.setLevel(.critical)
          case 2: extractor.setLevel(.error)
          case 3: extractor.setLevel(.warning)
          case 5: extractor.setLevel(.debug)
          default: extractor.setLevel(.informational)
          }
        } else {
          extractor.setLevel(extractor.text(1...3, bytes).flatMap { LogLevel($0) })
        }
      },
      .copy(
        "Event.System.EventID", "Event.System.EventID.#text", "winlog.event_id", "EventID", to: .eventCode),
      .copy(
        "Event.System.EventID", "Event.System.EventID.#text", "winlog.event_id", "EventID", to: .winlogEventId),
      .copy("Event.System.Channel", "winlog.channel", "Channel", to: .winlogChannel),
      .copy(
        "Event.System.Provider.#attributes.Name", "winlog.provider_name", "Provider_Name", "ProviderName", "SourceName",
        to: .winlogProviderName),
      .copy(
        "Event.System.Provider.#attributes.Name", "winlog.provider_name", "Provider_Name", to: .eventProvider),
      .copy("Event.System.EventRecordID", "winlog.record_id", "RecordNumber", to: .winlogRecordId),
      .copy("Event.System.EventRecordID", "winlog.record_id", to: .eventSequence),
      .copy("message", "Message", to: .message),
      .compute(.userDomain, from: paths("User") + paths("TargetDomainName") + paths("SubjectDomainName")) {
        bytes, extractor in
        guard let text = first(bytes, extractor, 12) else { return }
        let parts = text.split(separator: "\\", maxSplits: 1)
        if parts.count == 2 || !text.contains("\\") { extractor.emit(.userDomain, String(parts[0])) }
      },
      .copy("Event.System.Security.#attributes.UserID", to: .userId),
      data(.userTargetName, "TargetUserName", "MemberName"),
      data(.processExecutable, "Image", "NewProcessName", "ProcessName", "Process Name", "SourceImage"),
      .compute(.processName, from: paths("Image") + paths("NewProcessName") + paths("SourceImage")) {
        bytes, extractor in
        guard let text = first(bytes, extractor, 12) else { return }
        extractor.emit(.processName, String(text.split(separator: "\\").last ?? ""))
      },
      data(.processCommandLine, "CommandLine", "ProcessCommandLine"),
      .compute(.processPid, from: paths("ProcessId") + paths("NewProcessId") + paths("SourceProcessId")) {
        bytes, extractor in
        guard let text = first(bytes, extractor, 12) else { return }
        let number = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
        if let number { extractor.emit(.processPid, integer: number) }
      },
      data(.processEntityId, "ProcessGuid", "SourceProcessGUID"),
      data(.processWorkingDirectory, "CurrentDirectory"),
      data(.processPeOriginalFileName, "OriginalFileName"),
      .compute(.processHashSha256, .processHashMd5, from: paths("Hashes")) { bytes, extractor in
        guard let text = first(bytes, extractor, 4) else { return }
        for hash in text.split(separator: ",") {
          let parts = hash.split(separator: "=")
          guard parts.count == 2 else { continue }
          if parts[0] == "SHA256" { extractor.emit(.processHashSha256, parts[1].lowercased()) }
          if parts[0] == "MD5" { extractor.emit(.processHashMd5, parts[1].lowercased()) }
        }
      },
      data(.processParentExecutable, "ParentImage", "ParentProcessName"),
      .compute(.processParentName, from: paths("ParentImage") + paths("ParentProcessName")) { bytes, extractor in
        guard let text = first(bytes, extractor, 8) else { return }
        extractor.emit(.processParentName, String(text.split(separator: "\\").last ?? ""))
      },
      data(.processParentCommandLine, "ParentCommandLine"),
      data(.processParentPid, "ParentProcessId"),
      data(.processParentEntityId, "ParentProcessGuid"),
      .copy("Event.System.Execution.#attributes.ThreadID", to: .processThreadId),
      data(.filePath, "TargetFilename", "ObjectName", "Path"),
      data(.dllPath, "ImageLoaded"),
      data(.registryPath, "TargetObject"),
      data(.registryDataStrings, "Details"),
      data(.fileName, "PipeName"),
      data(.serviceName, "ServiceName", "TaskName"),
      data(.sourcePort, "SourcePort", "IpPort"),
      data(.sourceDomain, "SourceHostname", "WorkstationName"),
      data(.destinationPort, "DestinationPort", "DestPort"),
      data(.destinationDomain, "DestinationHostname"),
      data(.networkTransport, "Protocol"),
      data(.dnsQuestionName, "QueryName"),
      data(.dnsAnswersData, "QueryResults"),
    ])

  private static let roots = ["Event.EventData", "winlog.event_data", "EventData"]

  private static func paths(_ name: String) -> [NativePath] {
    (roots + [""]).map { NativePath(keys: ($0.isEmpty ? [] : $0.split(separator: ".").map(String.init)) + [name]) }
  }

  /// The first that says something: a hyphen does not.
  private static func data(_ field: FieldID, _ names: String...) -> FieldRule {
    let inputs = names.flatMap(paths)
    return FieldRule(
      fields: [field], inputs: inputs,
      action: .compute { bytes, extractor in
        for index in inputs.indices {
          guard let text = extractor.text(index, bytes), text != "-", !text.isEmpty else { continue }
          return extractor.emit(field, text)
        }
      })
  }

  private static func first(_ bytes: Span<UInt8>, _ extractor: Extractor, _ count: Int) -> String? {
    for index in 0..<count {
      if let text = extractor.text(index, bytes), text != "-", !text.isEmpty { return text }
    }
    return nil
  }
}

/// What the numbers of the best-known Windows events mean. Source: Sysmon's documentation, "Events";
/// learn.microsoft.com, "Appendix L: Events to Monitor".
private enum WindowsEventKinds {
  static func classify(_ id: Int, _ channel: String, _ extractor: inout Extractor) {
    let isSysmon = channel.contains("Sysmon")
    let kinds = isSysmon ? sysmon : channel.contains("Security") ? security : [:]
    guard let kind = kinds[id] else {
      extractor.emit(.eventAction, String(id))
      extractor.header.types.insert(.info)
      extractor.header.categories.insert(.host)
      return
    }
    extractor.emit(.eventAction, kind.name)
    extractor.header.categories.formUnion(kind.category)
    extractor.header.types.formUnion(kind.type)
    if !isSysmon { extractor.setOutcome(kind.isFailure ? .failure : .success) }
  }

  private struct Kind {
    let name: String
    let category: EventCategories
    let type: EventTypes
    var isFailure = false

    init(_ name: String, _ category: EventCategories, _ type: EventTypes, isFailure: Bool = false) {
      self.name = name
      self.category = category
      self.type = type
      self.isFailure = isFailure
    }
  }

  private static let sysmon: [Int: Kind] = [
    1: Kind("process-created", .process, .start), 2: Kind("file-creation-time-changed", .file, .change),
    3: Kind("network-connection", .network, [.connection, .start]), 4: Kind("sysmon-state-changed", .process, .change),
    5: Kind("process-terminated", .process, .end), 6: Kind("driver-loaded", .library, .start),
    7: Kind("image-loaded", .library, .start), 8: Kind("remote-thread-created", .process, .change),
    9: Kind("raw-access-read", .file, .access), 10: Kind("process-accessed", .process, .access),
    11: Kind("file-created", .file, .creation), 12: Kind("registry-object-added-or-deleted", .registry, .change),
    13: Kind("registry-value-set", .registry, .change), 14: Kind("registry-renamed", .registry, .change),
    15: Kind("file-stream-created", .file, .access), 16: Kind("sysmon-configuration-changed", .configuration, .change),
    17: Kind("pipe-created", .file, .creation), 18: Kind("pipe-connected", .file, .access),
    19: Kind("wmi-filter", .process, .creation), 20: Kind("wmi-consumer", .process, .creation),
    21: Kind("wmi-binding", .process, .creation), 22: Kind("dns-query", .network, [.connection, .protocol]),
    23: Kind("file-deleted", .file, .deletion), 25: Kind("process-tampering", .process, .change),
    26: Kind("file-deleted", .file, .deletion), 29: Kind("executable-file-created", .file, .creation),
  ]

  private static let security: [Int: Kind] = [
    1102: Kind("audit-log-cleared", .configuration, .admin), 4624: Kind("logged-in", .authentication, .start),
    4625: Kind("logon-failed", .authentication, .start, isFailure: true),
    4634: Kind("logged-out", .authentication, .end), 4648: Kind("logged-in-explicit", .authentication, .start),
    4672: Kind("logged-in-special", .iam, .admin), 4688: Kind("created-process", .process, .start),
    4689: Kind("exited-process", .process, .end), 4697: Kind("service-installed", .configuration, .creation),
    4698: Kind("scheduled-task-created", .configuration, .creation), 4719: Kind("changed-audit-config", .iam, .change),
    4720: Kind("added-user-account", .iam, [.user, .creation]),
    4724: Kind("reset-password", .iam, [.user, .change]), 4726: Kind("deleted-user-account", .iam, [.user, .deletion]),
    4728: Kind("added-member-to-group", .iam, [.group, .change]),
    4732: Kind("added-member-to-group", .iam, [.group, .change]),
    4740: Kind("locked-out-user-account", .iam, [.user, .change]),
    4768: Kind("kerberos-authentication-ticket-requested", .authentication, .start),
    4769: Kind("kerberos-service-ticket-requested", .authentication, .start),
    4771: Kind("kerberos-preauth-failed", .authentication, .start, isFailure: true),
    4776: Kind("credential-validated", .authentication, .start),
  ]
}
