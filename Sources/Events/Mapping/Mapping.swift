import Bytes

/// How records of one source become events: what tells such a record from others, and what each field is made of.
struct Mapping: Sendable {
  /// What a record looks like.
  enum Form: Sendable {
    /// A JSON object; its top-level members decide.
    case object(recognises: @Sendable (_ bytes: Span<UInt8>, _ members: JSONMembers) -> Bool)
    /// A line, or the message inside another record. The parser finds the parts, and answers false for a line of
    /// another kind.
    case line(parse: @Sendable (_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool)
  }

  /// Where a record carries another one.
  struct Content: Sendable {
    /// The first that has a value.
    let paths: [NativePath]
    /// A container, whose output is anybody's who can write in it.
    let isContainerOutput: Bool
  }

  /// Path prefixes under which the record's own fields are reached, such as `kubernetes.audit`; what they stand for in
  /// the record, empty for the whole of it. The longest that fits counts.
  struct Alias: Sendable {
    let prefix: String
    let native: String
  }

  let dataset: Dataset
  /// For people: "Kubernetes audit log".
  let title: String
  let form: Form
  let content: Content?
  /// Whether such records tell what a service did, and so are only believed from where that service writes: never from
  /// a container's output, except from containers that are named as such.
  let isAuthoritative: Bool
  /// Whether the mapping takes what no other does, and so says nothing of what a record is: JSON of any kind, plain
  /// text.
  let isGeneric: Bool
  let aliases: [Alias]
  let rules: [FieldRule]
  /// The rules that fill columns.
  let hot: ExtractionPlan
  /// All rules.
  let full: ExtractionPlan

  init(
    _ dataset: Dataset, _ title: String, _ form: Form, content: Content? = nil, isAuthoritative: Bool = false,
    isGeneric: Bool = false, aliases: [Alias] = [], rules: [FieldRule]
  ) {
    self.dataset = dataset
    self.title = title
    self.form = form
    self.content = content
    self.isAuthoritative = isAuthoritative
    self.isGeneric = isGeneric
    self.aliases = aliases.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
    self.rules = rules
    let contents = content?.paths ?? []
    hot = ExtractionPlan(rules.filter(\.isHot), contents: contents)
    full = ExtractionPlan(rules, contents: contents)
  }

  /// Fields that the mapping may set.
  var fields: Set<FieldID> { Set(rules.flatMap(\.fields)) }

  var isObject: Bool { if case .object = form { true } else { false } }
}
