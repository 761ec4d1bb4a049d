/// All sources that are understood: one line and one file each. The first that recognises a record wins, so generic
/// ones come last.
enum MappingCatalogue {
  static let all = listed.enumerated().map { $1.placed(at: $0) }

  private static let listed: [Mapping] = [
    .kubernetesAudit,
    .kubernetesEvent,
    .kubernetesWatch,
    .gcpAudit,
    .awsCloudTrail,
    .azurePlatform,
    .falcoAlert,
    .tetragonEvent,
    .hubbleFlow,
    .calicoFlow,
    .registryNotification,
    .registryLog,
    .harborAudit,
    .dockerHubAudit,
    .bartizanActivity,
    .bartizanAdmission,
    .windowsEvent,
    .envoyAccessObject,
    .dockerLog,
    .collectedContainerLog,
    .shipper,
    .json,
    // Lines.
    .criLog,
    .dockerLines,
    .syslog,
    .cef,
    .leef,
    .sshd,
    .sudo,
    .su,
    .pam,
    .auditd,
    .registryAccess,
    .nginxAccess,
    .envoyAccess,
    .registryLogLine,
    .klog,
    .logfmt,
    .csv,
    .text,
  ]

  static let objects = all.indices.filter { all[$0].isObject }
  /// Lines that are recognised by their shape: not tables, plain text or container lines, which are joined first.
  static let lines = all.indices.filter {
    !all[$0].isObject && ![Dataset.csv, .text, .containerLog].contains(all[$0].dataset)
  }

  static let audit = place(.kubernetesAudit, isObject: true)
  static let dockerLog = place(.containerLog, isObject: true)
  static let criLog = place(.containerLog, isObject: false)
  static let dockerLines = all.firstIndex { $0.title == Mapping.dockerLines.title } ?? criLog
  static let json = place(.json, isObject: true)
  static let csv = place(.csv, isObject: false)
  static let text = place(.text, isObject: false)

  private static func place(_ dataset: Dataset, isObject: Bool) -> Int {
    all.firstIndex { $0.dataset == dataset && $0.isObject == isObject } ?? all.count - 1
  }

  /// The mapping of a JSON object.
  static func recognise(_ bytes: Span<UInt8>, _ members: JSONMembers) -> Int {
    for index in objects {
      if case .object(let recognises) = all[index].form, recognises(bytes, members) { return index }
    }
    return json
  }

  // MARK: Looking up

  /// The rules of a mapping that may set a field; an empty plan where there are none.
  static func plan(_ place: Int, _ field: FieldID) -> ExtractionPlan { plans[place][field] ?? none }

  private static let none = ExtractionPlan([])
  private static let plans: [[FieldID: ExtractionPlan]] = all.map { mapping in
    var rules: [FieldID: [FieldRule]] = [:]
    for rule in mapping.rules {
      for field in Set(rule.fields) { rules[field, default: []].append(rule) }
    }
    return rules.mapValues { ExtractionPlan($0) }
  }
}
