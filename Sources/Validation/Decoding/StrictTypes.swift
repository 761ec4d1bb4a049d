import Bytes
import Kube

/// The types of the API in the form that decoding walks: fields by name, references resolved. Made once.
struct StrictTypes: Sendable {
  /// What a value must be.
  indirect enum Shape: Sendable {
    case string
    case bool
    case int32
    case int64
    case double
    case bytes
    case quantity
    case intOrString
    case time
    case duration
    case any
    case list(Shape)
    case map(Shape)
    /// By its place in the table.
    case structure(Int)
  }

  /// A structure of the API.
  struct Structure: Sendable {
    /// Without its package: `v1.Container`.
    let name: String
    private let names: [String]
    private let shapes: [Shape]
    private let places: [String: Int]

    init(name: String, _ fields: [(name: String, shape: Shape)]) {
      self.name = name
      names = fields.map(\.name)
      shapes = fields.map(\.shape)
      // A few names are compared faster than one is hashed.
      places =
        fields.count > 12
        ? Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first }) : [:]
    }

    func shape(_ name: String) -> Shape? {
      if places.isEmpty {
        for index in names.indices where names[index] == name { return shapes[index] }
        return nil
      }
      return places[name].map { shapes[$0] }
    }
  }

  let structures: [Structure]
  private let kinds: [String: [String: Int]]
  private let groups: Set<String>
  /// Metadata of objects.
  let metadata: Int?

  static let builtIn = StrictTypes()

  private init() {
    var builder = Builder()
    var kinds: [String: [String: Int]] = [:]
    // Groups that were Kubernetes' own, and those whose types are only sent.
    var groups: Set<String> = [
      "extensions", "auditregistration.k8s.io", "internal.apiserver.k8s.io", "settings.k8s.io", "meta.k8s.io",
    ]
    for resource in APIResource.builtIn {
      groups.insert(resource.group)
      guard resource.subresource.isEmpty, kinds[resource.apiVersion]?[resource.kind] == nil,
        let type = APITypes.type(apiVersion: resource.apiVersion, kind: resource.kind)
      else { continue }
      kinds[resource.apiVersion, default: [:]][resource.kind] = builder.place(type)
    }
    metadata = APITypes.type("meta/v1.ObjectMeta").map { builder.place($0) }
    structures = builder.finished
    self.kinds = kinds
    self.groups = groups
  }

  /// - Returns: nil for a kind or version that release 1.36 does not serve.
  func structure(apiVersion: String, kind: String) -> Int? { kinds[apiVersion]?[kind] }

  /// Whether a group is one of Kubernetes itself, in which nobody else has kinds. A group without a dot is, or nobody's.
  func isBuiltIn(_ group: String) -> Bool { groups.contains(group) || !group.utf8.contains(UInt8(ascii: ".")) }

  /// The version that release 1.36 serves a kind in; the newest of several.
  func servedVersion(_ kind: GroupKind) -> String? {
    APIResource.builtIn.first { $0.groupKind == kind && $0.subresource.isEmpty }?.apiVersion
  }

  /// The same for a kind that is written with another group.
  func servedVersion(ofKind kind: String) -> String? {
    APIResource.builtIn.first { $0.kind == kind && $0.subresource.isEmpty }?.apiVersion
  }

  /// Kinds whose name differs from this one in a letter or two, or in case only.
  func kinds(like kind: String) -> [String] {
    var best: [(distance: Int, name: String)] = []
    for name in Set(kinds.values.flatMap(\.keys)) where abs(name.utf8.count - kind.utf8.count) <= 2 {
      let distance = NearestName.distance(kind, name)
      if distance <= min(2, kind.utf8.count / 4) { best.append((distance, name)) }
    }
    return best.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
  }

  private struct Builder {
    private var places: [String: Int] = [:]
    private var made: [Structure?] = []

    var finished: [Structure] { made.map { $0 ?? Structure(name: "", []) } }

    mutating func place(_ type: APIType) -> Int {
      if let place = places[type.name] { return place }
      let place = made.count
      places[type.name] = place
      made.append(nil)
      var fields: [(name: String, shape: Shape)] = []
      for field in type.fields { fields.append((field.name, shape(field.shape))) }
      let name = type.name.split(separator: "/").last.map(String.init) ?? type.name
      made[place] = Structure(name: name, fields)
      return place
    }

    private mutating func shape(_ shape: APIType.Shape) -> Shape {
      switch shape {
      case .string: .string
      case .bool: .bool
      case .int32: .int32
      case .int64: .int64
      case .double: .double
      case .bytes: .bytes
      case .quantity: .quantity
      case .intOrString: .intOrString
      case .time, .microTime: .time
      case .duration: .duration
      case .any: .any
      case .list(let element): .list(self.shape(element))
      case .map(let element): .map(self.shape(element))
      case .optional(let inner): self.shape(inner)
      case .object(let name): APITypes.type(name).map { .structure(place($0)) } ?? .any
      }
    }
  }
}
