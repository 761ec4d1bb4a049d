import Bytes
import Findings
import Kube
import TestKit
import Testing

@Suite struct ManifestEditorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let edits: [Edit]
    let before: String
    let after: String
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a new field comes last, below its siblings",
      edits: [Edit("spec.hostPID", .set(.bool(false)))],
      before: "kind: Pod\nspec:\n    a: 1 # one\n    b: 2 # two\n# the end\nother: x\n",
      after: "kind: Pod\nspec:\n    a: 1 # one\n    b: 2 # two\n    hostPID: false\n# the end\nother: x\n"),
    Case(
      name: "mappings on the way are made once",
      edits: [
        Edit("spec.containers[0].securityContext.privileged", .set(.bool(false))),
        Edit("spec.containers[0].securityContext.capabilities.drop", .include("ALL")),
      ],
      before: "kind: Pod\nspec:\n  containers:\n  - name: a\n    image: x\n  - name: b\n",
      after:
        "kind: Pod\nspec:\n  containers:\n  - name: a\n    image: x\n    securityContext:\n      privileged: false\n      capabilities:\n        drop: [ALL]\n  - name: b\n"
    ),
    Case(
      name: "a value is replaced and its comment stays",
      edits: [Edit("spec.privileged", .set(.bool(false)))],
      before: "kind: Pod\nspec:\n  privileged:   true   # for now\n",
      after: "kind: Pod\nspec:\n  privileged:   false   # for now\n"),
    Case(
      name: "quotes of YAML are not kept around a truth value",
      edits: [Edit("spec.type", .set(.text("RuntimeDefault")))],
      before: "kind: Pod\nspec: {type: \"Unconfined\", b: 1}\n",
      after: "kind: Pod\nspec: {type: RuntimeDefault, b: 1}\n"),
    Case(
      name: "flow mappings grow inside",
      edits: [Edit("spec.securityContext.runAsNonRoot", .set(.bool(true)))],
      before: "kind: Pod\nspec: {a: 1}\n",
      after: "kind: Pod\nspec: {a: 1, securityContext: {runAsNonRoot: true}}\n"),
    Case(
      name: "empty mappings are filled",
      edits: [Edit("spec.securityContext.runAsNonRoot", .set(.bool(true)))],
      before: "kind: Pod\nspec:\n  securityContext: {}\n  b: 1\n",
      after: "kind: Pod\nspec:\n  securityContext: {runAsNonRoot: true}\n  b: 1\n"),
    Case(
      name: "a key with nothing after it",
      edits: [Edit("spec.securityContext.runAsNonRoot", .set(.bool(true)))],
      before: "kind: Pod\nspec:\n  securityContext: # later\n  b: 1\n",
      after: "kind: Pod\nspec:\n  securityContext: # later\n    runAsNonRoot: true\n  b: 1\n"),
    Case(
      name: "JSON stays JSON",
      edits: [Edit("spec.securityContext.type", .set(.text("RuntimeDefault")))],
      before: "{\n  \"kind\": \"Pod\",\n  \"spec\": {\n    \"a\": 1,\n    \"b\": [1, 2]\n  }\n}\n",
      after:
        "{\n  \"kind\": \"Pod\",\n  \"spec\": {\n    \"a\": 1,\n    \"b\": [1, 2],\n    \"securityContext\": {\"type\": \"RuntimeDefault\"}\n  }\n}\n"
    ),
    Case(
      name: "lists get one more",
      edits: [Edit("spec.drop", .include("ALL"))],
      before: "kind: Pod\nspec:\n  drop:\n  - NET_RAW # loud\n  add: []\n",
      after: "kind: Pod\nspec:\n  drop:\n  - NET_RAW # loud\n  - ALL\n  add: []\n"),
    Case(
      name: "lists in one line, too", edits: [Edit("spec.drop", .include("ALL"))],
      before: "kind: Pod\nspec: {drop: [NET_RAW]}\n", after: "kind: Pod\nspec: {drop: [NET_RAW, ALL]}\n"),
    Case(
      name: "a line goes", edits: [Edit("spec.hostPID", .remove)],
      before: "kind: Pod\nspec:\n  # why\n  hostPID: true # bad\n  b: |\n    text\n",
      after: "kind: Pod\nspec:\n  # why\n  b: |\n    text\n"),
    Case(
      name: "the first key behind a dash goes", edits: [Edit("spec.ports[0].hostPort", .remove)],
      before: "kind: Pod\nspec:\n  ports:\n  - hostPort: 80\n    containerPort: 80\n",
      after: "kind: Pod\nspec:\n  ports:\n  - containerPort: 80\n"),
    Case(
      name: "the last element of a list goes", edits: [Edit("spec.add[0]", .remove)],
      before: "kind: Pod\nspec:\n  add:\n  - SYS_ADMIN\n  b: 1\n", after: "kind: Pod\nspec:\n  add:\n    []\n  b: 1\n"),
    Case(
      name: "an element of several goes", edits: [Edit("spec.add[1]", .remove)],
      before: "kind: Pod\nspec:\n  add: [A, B, C]\n", after: "kind: Pod\nspec:\n  add: [A, C]\n"),
    Case(
      name: "keys with dots", edits: [Edit([.key("metadata"), .key("annotations"), .key("a.b/c")], .remove)],
      before: "kind: Pod\nmetadata:\n  annotations:\n    a.b/c: x\n    d: y\n",
      after: "kind: Pod\nmetadata:\n  annotations:\n    d: y\n"),
    Case(
      name: "a key gets another name", edits: [Edit("spec.serviceAccount", .rename("serviceAccountName"))],
      before: "kind: Pod\nspec:\n  serviceAccount: app # old\n",
      after: "kind: Pod\nspec:\n  serviceAccountName: app # old\n"),
    Case(
      name: "carriage returns", edits: [Edit("spec.b", .set(.int(2)))],
      before: "kind: Pod\r\nspec:\r\n  a: 1\r\n", after: "kind: Pod\r\nspec:\r\n  a: 1\r\n  b: 2\r\n"),
    Case(
      name: "no line feed at the end", edits: [Edit("spec.b", .set(.int(2)))],
      before: "kind: Pod\nspec:\n  a: 1", after: "kind: Pod\nspec:\n  a: 1\n  b: 2"),
    Case(
      name: "behind a block scalar", edits: [Edit("spec.b", .set(.int(2)))],
      before: "kind: Pod\nspec:\n  a: |\n    one\n    two\n---\nkind: Other\n",
      after: "kind: Pod\nspec:\n  a: |\n    one\n    two\n  b: 2\n---\nkind: Other\n"),
    Case(
      name: "letters beyond ASCII", edits: [Edit("spec.b", .set(.int(2)))],
      before: "kind: Pod # Größe 🦉\nspec: {ä: ü}\n", after: "kind: Pod # Größe 🦉\nspec: {ä: ü, b: 2}\n"),
  ]

  private static func apply(_ edits: [Edit], to text: String) throws(ManifestEditor.Refusal) -> String {
    let bytes = Array(text.utf8)
    let root = DocumentReader.read(bytes).documents[0]
    let order = ManifestEditor.Order(line: Int(root.line), column: Int(root.column), edits: edits)
    return String(decoding: try ManifestEditor.apply([order], to: bytes), as: UTF8.self)
  }

  @Test(arguments: cases) func textIsEditedInPlace(_ item: Case) throws {
    #expect(try Self.apply(item.edits, to: item.before) == item.after)
  }

  @Test(
    arguments: [
      ("kind: Pod\nspec:\n  a: &x {b: 1}\n  c: *x\n", "spec.a.b", "&x is used elsewhere"),
      ("kind: Pod\nspec:\n  a: &x {b: 1}\n  c: *x\n", "spec.c.b", "by the alias *x"),
      ("x: &d {a: 1}\nspec:\n  <<: *d\n  b: 1\n", "spec.c", "merges another mapping"),
      ("kind: Pod\nspec: text\n", "spec.a", "expected a mapping"),
    ])
  func whatWouldChangeOtherPlacesIsRefused(_ text: String, _ path: String, _ says: String) {
    #expect {
      try Self.apply([Edit(path, .set(.bool(true)))], to: text)
    } throws: { ($0 as? ManifestEditor.Refusal)?.message.contains(says) ?? false }
  }

  @Test func theSecondDocumentAndItemsOfListsAreFound() throws {
    let text = "a: 1\n---\nkind: List\nitems:\n- kind: Pod\n  spec: {a: 1}\n"
    let order = ManifestEditor.Order(line: 5, column: 3, edits: [Edit("spec.b", .set(.int(2)))])
    let edited = try ManifestEditor.apply([order], to: Array(text.utf8))
    #expect(String(decoding: edited, as: UTF8.self) == text.replacing("{a: 1}", with: "{a: 1, b: 2}"))
  }

  /// Whatever the text is, the editor edits it rightly or says no.
  @Test func brokenTextNeverBreaksTheEditor() {
    var random = SeededRandom(seed: 11)
    let pieces = [
      "a: 1\n", "- x\n", "{", "}", "[", "]", "spec:\n", "  b: &x 2\n", "*x", "|\n", " ", "\n", "'", "\"", ": ", "🦉",
    ]
    var applied = 0
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      .joined()
      let bytes = Array(text.utf8)
      guard let root = DocumentReader.read(bytes).documents.first else { continue }
      let order = ManifestEditor.Order(
        line: Int(root.line), column: Int(root.column),
        edits: [Edit("spec.c", .set(.bool(true))), Edit("a", .remove), Edit("spec.d", .include("x"))])
      if (try? ManifestEditor.apply([order], to: bytes)) != nil { applied += 1 }
    }
    #expect(applied > 0)
  }
}
