import Bytes

/// How the records of one source become events: how they are recognised, and which values each field is made of.
///
/// A class, and immutable: every event asks for its mapping several times, and a copy of all that it holds would cost more
/// than what is asked of it.
final class Mapping: Sendable {
  /// The form of a record.
  enum Form: Sendable {
    /// A JSON object, recognised by its top-level members.
    case object(recognises: @Sendable (_ bytes: Span<UInt8>, _ members: JSONMembers) -> Bool)
    /// A line, or the message within another record. The parser returns the parts, or false for a line of another kind.
    case line(parse: @Sendable (_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool)
  }

  /// Where a record carries another one.
  struct Content: Sendable {
    /// The first that holds a record of a known kind; otherwise the first that is text, or an object.
    let paths: [NativePath]
    /// Whether it is output of a container, which anybody may control who can run code in it.
    let isContainerOutput: Bool
    /// Whether only a record of a known kind counts, as text that is an object: what carries it says nothing itself.
    var isOnlyKnown = false
  }

  /// A path prefix for the record's own fields, such as `kubernetes.audit`, and what it stands for in the record, empty
  /// for the whole record. The longest matching prefix wins.
  struct Alias: Sendable {
    let prefix: String
    let native: String
  }

  let dataset: Dataset
  /// For people: "Kubernetes audit log".
  let title: String
  let form: Form
  /// Whether records are JSON objects.
  let isObject: Bool
  let content: Content?
  /// Whether such records report what a service did, and are therefore trusted only where that service writes: never in
  /// a container's output, except for containers that are named as such.
  let isAuthoritative: Bool
  /// Whether the mapping accepts whatever no other does, such as any JSON or plain text, and so says nothing about the
  /// kind of record.
  let isGeneric: Bool
  let aliases: [Alias]
  let rules: [FieldRule]
  /// The rules that fill columns.
  let hot: ExtractionPlan
  /// All rules.
  let full: ExtractionPlan
  /// Index in the catalogue.
  let place: Int

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
    isObject = if case .object = form { true } else { false }
    let contents = content?.paths ?? []
    hot = ExtractionPlan(rules.filter(\.isHot), contents: contents)
    full = ExtractionPlan(rules, contents: contents)
    place = -1
  }

  private init(_ other: Mapping, place: Int) {
    dataset = other.dataset
    title = other.title
    form = other.form
    content = other.content
    isAuthoritative = other.isAuthoritative
    isGeneric = other.isGeneric
    aliases = other.aliases
    rules = other.rules
    hot = other.hot
    full = other.full
    isObject = other.isObject
    self.place = place
  }

  /// The same at its place in the catalogue.
  func placed(at place: Int) -> Mapping { Mapping(self, place: place) }

  /// Fields that the mapping may set.
  var fields: Set<FieldID> { Set(rules.flatMap(\.fields)) }
}
