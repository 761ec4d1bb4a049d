import Bytes
import Findings
import Kube
import TestKit
import Testing

@testable import Validation

/// What a server of release 1.36.2 answered to manifests that a person got wrong, or nearly.
@Suite struct WrongManifestTests {
  /// One recorded answer.
  struct Row {
    let node: DocumentNode

    var id: String { node["id"]?.string ?? "" }
    var mutation: String { node["mutation"]?.string ?? "" }
    var isKubectl: Bool { node["via"]?.string == "kubectl" }
    var status: Int64 { node["status"]?.int ?? 0 }
    var message: String { node["message"]?.string ?? "" }
    var isRefused: Bool { isKubectl ? node["exit"]?.int != 0 : status != 201 }
    var file: String { node["content"]?.string == "yaml" ? "row.yaml" : "row.json" }
    /// Where the recorder changed the object.
    var at: String { node["at"]?.string ?? "" }

    /// The objects that were sent, and what could not be read.
    var snapshot: ClusterSnapshot {
      var builder = ClusterSnapshot.Builder(keepsSchemas: true)
      if let text = node["text"]?.string {
        ManifestReader.read(Array(text.utf8), file: file, into: &builder, limits: .standard)
      } else if var object = node["object"] {
        if let expand = node["expand"] {
          let path = expand["path"]?.string?.split(separator: ".").map(String.init) ?? []
          let text = String(repeating: expand["char"]?.string ?? "x", count: Int(expand["times"]?.int ?? 0))
          object = object.setting(path: path, DocumentNode(.string(text)))
        }
        builder.add(object, file: file)
      }
      return builder.build()
    }

    /// Causes of a 422: reason and field.
    var causes: Set<String> {
      Set(
        (node["causes"]?.elements ?? []).compactMap { cause in
          let field = cause["field"]?.string ?? ""
          return field == "<nil>" ? nil : "\(cause["reason"]?.string ?? "") \(field)"
        })
    }
  }

  static func rows(_ name: String) throws -> [Row] {
    let bytes = try SharedData.bytes("kubernetes-recorded/wrong-manifests/" + name)
    return JSONReader.readStream(bytes.span, limits: .standard).documents.map { Row(node: $0) }
  }

  /// The quoted names after each occurrence of a word.
  static func quoted(_ text: String, after word: String) -> Set<String> {
    var result = Set<String>()
    for part in text.split(separator: word + " \"", omittingEmptySubsequences: false).dropFirst() {
      if let end = part.firstIndex(of: "\"") { result.insert(String(part[..<end])) }
    }
    return result
  }

  /// A path without places in lists and without names of embedded types, as Go writes it.
  static func plain(_ path: String) -> String {
    var text = ""
    var isIndex = false
    for character in path {
      if character == "[" {
        isIndex = true
      } else if character == "]" {
        isIndex = false
      } else if !isIndex {
        text.append(character)
      }
    }
    return text.split(separator: ".").filter { $0.first?.isUppercase != true }.joined(separator: ".")
  }

  /// Whether a path is another one with keys of maps in it.
  static func isWithin(_ short: String, _ long: String) -> Bool {
    var rest = short.split(separator: ".")[...]
    for part in long.split(separator: ".") where part == rest.first { rest.removeFirst() }
    return rest.isEmpty && short.split(separator: ".").last == long.split(separator: ".").last
  }

  /// Why the verdict is not the server's; nil where it is.
  static func difference(_ row: Row, _ validator: ObjectValidator) -> String? {
    let snapshot = row.snapshot
    var found: [SchemaViolation] = []
    for object in snapshot.objects {
      if case .violations(let own) = validator.judge(object) { found += own }
    }
    let told = found.map { "\($0.kind) \($0.path)" }.joined(separator: "; ")
    if !row.isRefused {
      return found.isEmpty ? nil : "accepted, but: \(found.map(\.message).joined(separator: "; "))"
    }
    let isUnread = snapshot.objects.isEmpty || !snapshot.problems.isEmpty
    if row.isKubectl || row.status == 404 || row.message.contains("is registered for version")
      || row.message.contains("must be of type") || row.message.contains("in the body does not match")
      || row.message.contains("unrecognized") || row.message.contains("the API version in the data")
      || snapshot.objects.isEmpty
    {
      return found.isEmpty && !isUnread ? "refused: \(row.message)" : nil
    }
    if row.status == 422 {
      let own = Set(
        found.compactMap { violation -> String? in
          if case .invalid(let kind) = violation.kind, !violation.path.isEmpty {
            return "\(kind.rawValue) \(violation.path)"
          }
          return nil
        })
      if own == row.causes { return nil }
      return "here \(own.subtracting(row.causes).sorted()), there \(row.causes.subtracting(own).sorted()); \(told)"
    }
    if let start = row.message.firstRange(of: "Go struct field ") {
      let rest = row.message[start.upperBound...]
      let path = rest.prefix { $0 != " " }.split(separator: ".").dropFirst().joined(separator: ".")
      let wanted = plain(path)
      let own = found.filter { $0.kind == .wrongType }.map { plain($0.path) }
      // A map's Go path ends at the map, and that of custom resources begins in the metadata.
      return own.contains { isWithin(wanted, $0) || $0.hasPrefix(wanted + ".") || $0.hasPrefix("metadata.\(wanted)") }
        ? nil : "wrong type of \(wanted); here \(told)"
    }
    let unknown = quoted(row.message, after: "unknown field")
    let repeated = quoted(row.message, after: "duplicate field")
    let keys = quoted(row.message, after: "key")
    if !unknown.isEmpty || !repeated.isEmpty || !keys.isEmpty {
      let ownUnknown = Set(found.filter { $0.kind == .unknownField }.map(\.path))
      let ownRepeated = Set(found.filter { $0.kind == .duplicateField }.map(\.path))
      var differences: [String] = []
      if !unknown.isSubset(of: ownUnknown) { differences.append("unknown \(unknown.subtracting(ownUnknown).sorted())") }
      // A hundred are told at most.
      if unknown.count + repeated.count < 100, !ownUnknown.isSubset(of: unknown) {
        differences.append("not unknown \(ownUnknown.subtracting(unknown).sorted())")
      }
      if !repeated.isSubset(of: ownRepeated) {
        differences.append("repeated \(repeated.subtracting(ownRepeated).sorted())")
      }
      if !keys.isEmpty, !keys.allSatisfy({ key in ownRepeated.contains { $0 == key || $0.hasSuffix("." + key) } }) {
        differences.append("keys \(keys.sorted()), here \(ownRepeated.sorted())")
      }
      return differences.isEmpty ? nil : differences.joined(separator: ", ")
    }
    // Quantities, times and base64 are refused without a path.
    return found.contains { $0.kind == .wrongType } ? nil : "refused: \(row.message); here \(told)"
  }

  /// Prints how many rows agree, by kind of mutation, and what differs.
  static func report(_ name: String, _ rows: [Row], _ validator: (Row) throws -> ObjectValidator) rethrows -> (
    agreeing: Int, differing: [String: String]
  ) {
    var agreeing = 0
    var differing: [String: String] = [:]
    var tally: [String: (equal: Int, all: Int)] = [:]
    for row in rows {
      tally[row.mutation, default: (0, 0)].all += 1
      if let difference = difference(row, try validator(row)) {
        differing[row.id] = difference
        print("\(row.id) at \(row.at): \(difference.prefix(500))")
      } else {
        agreeing += 1
        tally[row.mutation, default: (0, 0)].equal += 1
      }
    }
    print("\(name): \(agreeing) of \(rows.count) agree")
    for (mutation, count) in tally.sorted(by: { $0.key < $1.key }) {
      print("  \(mutation): \(count.equal) of \(count.all)")
    }
    return (agreeing, differing)
  }

  static func widgets() throws -> ObjectValidator {
    let bytes = try SharedData.bytes("kubernetes-recorded/wrong-manifests/crd-widgets.json")
    let document = try JSONReader.read(bytes)
    return ObjectValidator(definitionsIn: [KubeObject(document, file: "crd.json")].compactMap(\.self))
  }

  /// Rows whose answer rests on what only a request has.
  static func restsOnRequest(_ row: Row) -> Bool {
    if row.status == 413 || row.node["depends_on_state"]?.bool == true { return true }
    // Over HTTP the address says what a body without kind or version is; kubectl and manifests have none.
    if !row.isKubectl,
      row.mutation.hasPrefix("missing-") || row.mutation == "wrong-kind" || row.mutation == "wrong-apiversion"
    {
      return !row.isRefused
    }
    // The namespace of the request.
    return row.mutation.hasPrefix("kubectl-namespace") || row.message.hasPrefix("the namespace of the provided object")
  }

  @Test(.enabled(if: SharedData.isPresent)) func strictDecoding() throws {
    let rows = try Self.rows("strict-decoding.jsonl").filter { !Self.restsOnRequest($0) }
    let validator = try Self.widgets()
    let outcome = Self.report("strict-decoding", rows) { _ in validator }
    #expect(Set(outcome.differing.keys) == Set(Self.known.keys))
  }

  /// Rows of strict decoding that are known to differ, with the reason.
  static let known: [String: String] = [
    "Foo.unknown-kind.k02": "a group of somebody else; without its definitions nothing is known of it",
    "ServiceMonitor.unknown-kind.k01": "the same",
    "HelmChart.unknown-kind.k01": "the same",
    "List.list-shape.k10": "a list without a version is read for what is in it",
    "List.several-documents.k13": "YAML allows content beside the separator, kubectl does not; it is read",
    "NetworkPolicy.yaml-bool.k01": "`n` without quotes is text here, and truth where truth is asked for",
    "NetworkPolicy.yaml-bool.h01": "the same",
    "ValidatingAdmissionPolicy.duplicate-key-yaml.01": "the same; the repeated key is told",
    "ValidatingAdmissionPolicy.duplicate-key-in-map-yaml.01": "the same",
    "CustomResourceDefinition.spec-null.01": "names that follow from the kind are not told as well",
  ]

  @Test(.enabled(if: SharedData.isPresent)) func validation() throws {
    let rows = try Self.rows("validation.jsonl").filter { !Self.restsOnRequest($0) }
    let validator = try Self.widgets()
    let outcome = Self.report("validation", rows) { _ in validator }
    #expect(outcome.agreeing == 1465)
  }

  @Test(.enabled(if: SharedData.isPresent)) func customResources() throws {
    let rows = try Self.rows("custom-resources.jsonl").filter { !Self.restsOnRequest($0) }
    var validators: [String: ObjectValidator] = [:]
    let outcome = try Self.report("custom-resources", rows) { row in
      let source = row.node[path: "crd", "source"]?.string ?? ""
      if let known = validators[source] { return known }
      var builder = ClusterSnapshot.Builder(keepsSchemas: true)
      ManifestReader.read(try SharedData.bytes("posture/" + source), file: source, into: &builder, limits: .standard)
      let made = ObjectValidator(definitionsIn: builder.build().objects)
      validators[source] = made
      return made
    }
    #expect(Set(outcome.differing.keys) == [])
  }

  /// Ten of the violations in files of real projects, each read in the file: what is written there, and why it is wrong.
  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      // A subject that is an account needs the namespace of the account.
      (
        "real-manifests/rook/deploy~examples~sqlitevfs-client.yaml", "ClusterRoleBinding", "subjects[0].namespace",
        "- kind: ServiceAccount\n    name: sqlitevfs-setup\n    apiGroup: \"\"\n"
      ),
      // The volume is called `ca`.
      (
        "real-manifests/istio/samples~mtls-echo~mtls-echo.yaml", "Deployment",
        "spec.template.spec.containers[0].volumeMounts[1].name", "- name: ca\n        secret:"
      ),
      // The selector of the StatefulSet stands in the pod.
      (
        "charts-rendered/helm+charts__stable__horovod.yaml", "StatefulSet", "spec.template.spec.selector",
        "    spec:\n      selector:\n        matchLabels:\n          app: horovod"
      ),
      // A text to be replaced, where a number belongs.
      (
        "real-manifests/kubernetes-examples/_archived~volumes~fibre_channel~fc.yaml", "Pod", "spec.volumes[0].fc.lun",
        "lun: <ADD LUN ID Here>"
      ),
      (
        "real-manifests/kubernetes-examples/_archived~volumes~scaleio~pod.yaml", "Pod",
        "spec.volumes[0].scaleIO.protectionDoamin", "protectionDoamin: pd01"
      ),
      // Protocols are written in capitals.
      (
        "real-manifests/kubernetes-examples/_archived~volumes~aws_ebs~aws-ebs-web.yaml", "Pod",
        "spec.containers[0].ports[0].protocol", "protocol: tcp\n"
      ),
      // Of start and of life once is enough.
      (
        "charts-rendered/helm+charts__stable__cloudserver.yaml", "StatefulSet",
        "spec.template.spec.containers[0].startupProbe.successThreshold",
        "failureThreshold: 60\n            periodSeconds: 10\n            successThreshold: 2"
      ),
      // Two selectors, which differ.
      (
        "charts-rendered/helm+charts__incubator__mysqlha.yaml", "StatefulSet", "spec.selector",
        "  replicas: 3\n  selector:\n    matchLabels:\n      app: rel-mysqlha\n  template:"
      ),
      // An account has no spec.
      (
        "real-manifests/istio/operator~cmd~mesh~testdata~manifest-generate~output~pilot_override_kubernetes.golden.yaml",
        "ServiceAccount", "spec", "spec:\n  automountServiceAccountToken: false"
      ),
      // Neither a selector nor labels of the template, from which it would follow.
      (
        "real-manifests/kubernetes-examples/_archived~sysdig-cloud~sysdig-rc.yaml", "ReplicationController",
        "spec.selector", "  template:\n    spec:\n"
      ),
    ])
  func violationsOfRealFiles(_ source: String, _ kind: String, _ path: String, _ proof: String) throws {
    let bytes = try SharedData.bytes("posture/" + source)
    // Editors of Windows wrote some of them.
    #expect(String(decoding: bytes.filter { $0 != 0x0D }, as: UTF8.self).contains(proof))
    let found = DocumentReader.read(bytes).documents.compactMap { KubeObject($0, file: source) }.filter {
      $0.kind == kind
    }.flatMap { object -> [SchemaViolation] in
      if case .violations(let own) = ObjectValidator().judge(object) { own } else { [] }
    }
    #expect(found.contains { $0.path == path })
  }

  /// The files of real projects in which the server refused something: the same objects are refused here, all others are
  /// not.
  @Test(.enabled(if: SharedData.isPresent)) func realWorld() throws {
    var rows: [String: [String: Row]] = [:]
    for row in try Self.rows("real-world.jsonl") where row.status != 404 {
      let source = row.node["source"]?.string ?? ""
      rows[source, default: [:]]["\(row.node["doc"]?.int ?? 0) \(row.node["item"]?.int ?? -1)"] = row
    }
    var (right, unserved) = (0, 0)
    var differences: [String] = []
    var definitions: [String: [KubeObject]] = [:]
    for (source, expected) in rows.sorted(by: { $0.key < $1.key }) {
      let parts = source.split(separator: "/")
      let folder = parts.first == "charts-rendered" ? source : parts.prefix(2).joined(separator: "/")
      if definitions[folder] == nil {
        let files =
          parts.first == "charts-rendered" || parts.count < 3
          ? [SharedData.root + "/posture/" + source] : SharedData.files("posture/" + folder)
        definitions[folder] = try files.flatMap { file -> [KubeObject] in
          let bytes = try FileReaderForTests.bytes(file)
          guard String(decoding: bytes, as: UTF8.self).contains("CustomResourceDefinition") else { return [] }
          return DocumentReader.read(bytes).documents.compactMap { KubeObject($0, file: file) }.filter {
            $0.kind == "CustomResourceDefinition"
          }
        }
      }
      let validator = ObjectValidator(definitionsIn: definitions[folder] ?? [])
      let stream = DocumentReader.read(try SharedData.bytes("posture/" + source))
      for (index, document) in stream.documents.enumerated() {
        let isList = document["kind"]?.string?.hasSuffix("List") == true && document["items"]?.array != nil
        let items = isList ? document["items"]?.elements ?? [] : [document]
        for (place, item) in items.enumerated() {
          guard let object = KubeObject(item, file: source) else { continue }
          guard case .violations(let found) = validator.judge(object), !found.contains(where: { $0.kind == .notServed })
          else { continue }
          let row = expected["\(index) \(isList ? place : -1)"]
          // The address families of the cluster are its own.
          if let row,
            row.node["depends_on_state"]?.bool == true || row.message.contains("not configured on this cluster")
          {
            unserved += 1
            continue
          }
          let isRefused = (row?.status ?? 201) >= 400
          if isRefused == !found.isEmpty {
            right += 1
          } else {
            differences.append(
              "\(source) \(index) \(object.subject.text): \(row?.status ?? 201) \(row?.message.prefix(200) ?? ""); here \(found.prefix(3).map(\.message))"
            )
          }
        }
      }
    }
    print("real-world: \(right) agree, \(differences.count) do not, \(unserved) not asked")
    for line in differences { print(line.prefix(500)) }
    #expect(differences.isEmpty)
  }
}
