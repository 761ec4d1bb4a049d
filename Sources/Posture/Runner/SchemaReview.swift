import Bytes
package import Findings
package import Kube
package import Validation

/// What the API server has against each object of a snapshot.
package struct SchemaReview: Sendable {
  private struct Place: Hashable {
    let subject: Subject
    let file: String
    let line: UInt32
  }

  private let violations: [Int: [SchemaViolation]]
  private let hidden: Set<Place>
  /// Number of objects of each kind of which nothing says what it looks like.
  package let withoutSchema: [GroupKind: Int]
  /// Number of objects that are encrypted, so that only who applies them can tell what they are.
  package let encrypted: Int
  /// Objects that the server refuses for what other checks cannot see past, one entry each.
  package let notEvaluated: [NotEvaluated]

  /// Objects of a live cluster are not asked about: its server took them, by its own version.
  init(
    _ snapshot: ClusterSnapshot, width: Int, policyErrors: @escaping @Sendable (DocumentNode) -> [FieldError]
  ) async {
    guard snapshot.serverMinor == nil else {
      violations = [:]
      hidden = []
      withoutSchema = [:]
      encrypted = 0
      notEvaluated = []
      return
    }
    let validator = ObjectValidator(definitionsIn: snapshot.objects, of: Set(snapshot.kinds))
    var violations: [Int: [SchemaViolation]] = [:]
    var withoutSchema: [GroupKind: Int] = [:]
    await withTaskGroup(of: ([Int: [SchemaViolation]], [GroupKind: Int]).self) { group in
      for range in PostureScan.slices(snapshot.objects.count, width) {
        group.addTask {
          var found: [Int: [SchemaViolation]] = [:]
          var unknown: [GroupKind: Int] = [:]
          for index in range {
            let object = snapshot.objects[index]
            if Self.isAbridged(object) || Self.isStored(object) || object.isEncrypted { continue }
            switch validator.judge(object) {
            case .violations(var own):
              if object.groupKind.group == "admissionregistration.k8s.io",
                // What is asked of a version that is gone differs from what is asked now.
                !own.contains(where: { $0.kind == .wrongType || $0.kind == .notServed })
              {
                let known = Set(own.map(\.path))
                own += policyErrors(object.root).map { SchemaViolation($0, in: object.root) }
                  .filter { !known.contains($0.path) }
              }
              if !own.isEmpty { found[index] = own }
            case .withoutSchema: unknown[object.groupKind, default: 0] += 1
            }
          }
          return (found, unknown)
        }
      }
      for await (found, unknown) in group {
        violations.merge(found) { first, _ in first }
        for (kind, count) in unknown { withoutSchema[kind, default: 0] += count }
      }
    }
    encrypted = snapshot.objects.count(where: \.isEncrypted)
    self.violations = violations
    self.withoutSchema = withoutSchema
    var hidden = Set<Place>()
    var notEvaluated: [NotEvaluated] = []
    for (index, own) in violations.sorted(by: { $0.key < $1.key }) {
      let hiding = own.filter(\.kind.hidesObject)
      guard let first = hiding.first else { continue }
      let object = snapshot.objects[index]
      hidden.insert(Self.place(of: object))
      let more = hiding.count > 1 ? " and \(hiding.count - 1) more" : ""
      notEvaluated.append(
        NotEvaluated(
          check: nil, subject: object.subject,
          reason: "\(object.location.text): the API server would refuse it: \(first.message)\(more)",
          cause: hiding.contains { $0.kind == .notServed } ? .unknownKind : .undecided))
    }
    self.hidden = hidden
    self.notEvaluated = notEvaluated
  }

  /// Whether a server has taken the object: it gave it its `uid`. What is stored may have fields that nobody may send.
  private static func isStored(_ object: KubeObject) -> Bool {
    !(object.root[path: "metadata", "uid"]?.string ?? "").isEmpty
  }

  /// Whether the schemas of a definition were left out when it was read, so that it cannot be judged.
  private static func isAbridged(_ object: KubeObject) -> Bool {
    guard object.kind == "CustomResourceDefinition" else { return false }
    // Where a schema was left out, its place is still there; the first version of the API had other places for it.
    return object.version != "v1"
      || (object.spec?["versions"]?.elements ?? []).contains {
        $0["schema"]?.mapping != nil && $0[path: "schema", "openAPIV3Schema"] == nil
      }
  }

  private static func place(of object: KubeObject) -> Place {
    Place(subject: object.subject, file: object.file, line: object.root.line)
  }

  /// - Parameter index: of the object in the snapshot.
  package func violations(at index: Int) -> [SchemaViolation] { violations[index] ?? [] }

  /// Whether what an object lacks proves nothing, since part of it cannot be read as what it should be.
  package func hides(_ object: KubeObject) -> Bool {
    !hidden.isEmpty && hidden.contains(Self.place(of: object))
  }

  /// What was not validated, in a remark for each reason.
  package func remarks(on snapshot: ClusterSnapshot) -> [Problem] {
    [remarkOnKinds(of: snapshot), remarkOnEncrypted(in: snapshot)].compactMap(\.self)
  }

  private func remarkOnEncrypted(in snapshot: ClusterSnapshot) -> Problem? {
    guard encrypted > 0, let object = snapshot.objects.first(where: \.isEncrypted) else { return nil }
    return Problem(
      code: .encrypted, location: object.location,
      message:
        "\(Phrase.count(encrypted, "object")) not validated, since SOPS has encrypted values of \(Phrase.noun(encrypted, "it", "them"))",
      hidesInput: false)
  }

  /// Nil where something describes every kind.
  private func remarkOnKinds(of snapshot: ClusterSnapshot) -> Problem? {
    guard let first = withoutSchema.keys.min(),
      let object = snapshot.objects.first(where: { $0.groupKind == first })
    else { return nil }
    let names = withoutSchema.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key.text) (\($0.value))" }
    let shown = names.prefix(4).joined(separator: ", ")
    let rest = names.count > 4 ? " and \(Phrase.count(names.count - 4, "more kind"))" : ""
    return Problem(
      code: .noSchema, location: object.location,
      message:
        "\(Phrase.count(withoutSchema.values.reduce(0, +), "object")) not validated, since no CustomResourceDefinition of the input describes them: \(shown)\(rest)",
      hidesInput: false)
  }
}
