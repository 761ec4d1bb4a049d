import Bytes
import Kube
import TestKit
import Testing

@testable import Validation

@Suite struct ObjectValidatorTests {
  static func violations(_ text: String, file: String = "test.yaml") -> [SchemaViolation] {
    var builder = ClusterSnapshot.Builder(keepsSchemas: true)
    ManifestReader.read(Array(text.utf8), file: file, into: &builder, limits: .standard)
    let objects = builder.build().objects
    let validator = ObjectValidator(definitionsIn: objects)
    return objects.flatMap { object -> [SchemaViolation] in
      if case .violations(let found) = validator.judge(object) { found } else { [] }
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// `LINE:PATH: message`
    let expected: [String]
    var testDescription: String { name }
  }

  private static let pod = """
    apiVersion: v1
    kind: Pod
    metadata: {name: a}
    spec:
      containers:
        - name: a
          image: a:1

    """

  static let cases: [Case] = [
    Case(name: "a pod", text: pod, expected: []),
    Case(
      name: "a field in the wrong place", text: pod + "      runAsNonRoot: true\n",
      expected: ["8:spec.containers[0].runAsNonRoot: unknown field \"spec.containers[0].runAsNonRoot\""]),
    Case(
      name: "a key twice", text: pod + "  hostPID: true\n  hostPID: false\n",
      expected: ["9:spec.hostPID: duplicate field \"spec.hostPID\""]),
    Case(
      name: "a key that overrides a merged one is no repetition",
      text: """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a, labels: &l {a: b}, annotations: {<<: *l, a: c}}
        """, expected: []),
    Case(
      name: "a string for a boolean", text: pod + "  hostPID: \"true\"\n",
      expected: ["8:spec.hostPID: spec.hostPID: cannot unmarshal string into a field of type bool"]),
    Case(
      name: "a list for the spec",
      text: "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  - containers: []\n",
      expected: ["4:spec: spec: cannot unmarshal array into a field of type v1.PodSpec"]),
    Case(
      name: "no spec", text: "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
      expected: ["1:spec.containers: spec.containers: Required value"]),
    Case(
      name: "a runtime class without a handler",
      text: "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: a}\n",
      expected: ["1:handler: handler: Required value"]),
    Case(
      name: "names instead of addresses",
      text:
        "apiVersion: v1\nkind: Endpoints\nmetadata: {name: a}\nsubsets: [{addresses: [{ip: db.example.com}], ports: [{port: 80}]}]\n",
      expected: [
        "4:subsets[0].addresses[0].ip: subsets[0].addresses[0].ip: Invalid value: \"db.example.com\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
      ]),
    Case(
      name: "names in a slice of addresses",
      text:
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a}\naddressType: IPv4\nendpoints: [{addresses: [db.local]}]\n",
      expected: [
        "5:endpoints[0].addresses[0]: endpoints[0].addresses[0]: Invalid value: \"db.local\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
      ]),
    Case(
      name: "a kind that does not exist",
      text: "apiVersion: batch/v1\nkind: Cronjob\nmetadata: {name: a}\n",
      expected: ["2:kind: no matches for kind \"Cronjob\" in version \"batch/v1\"; did you mean CronJob?"]),
    Case(
      name: "a group that has not the kind",
      text: "apiVersion: v1\nkind: Deployment\nmetadata: {name: a}\n",
      expected: ["2:kind: no matches for kind \"Deployment\" in version \"v1\"; it is served in apps/v1"]),
    Case(
      name: "a selector that selects other pods",
      text: """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: a}
        spec:
          selector: {matchLabels: {app: b}}
          template:
            metadata: {labels: {app: a}}
            spec: {containers: [{name: a, image: "a:1"}]}
        """,
      expected: [
        "7:spec.template.metadata.labels: spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`"
      ]),
    Case(
      name: "a mount without a volume", text: pod + "      volumeMounts: [{name: data, mountPath: /data}]\n",
      expected: [
        "8:spec.containers[0].volumeMounts[0].name: spec.containers[0].volumeMounts[0].name: Not found: \"data\""
      ]),
    Case(
      name: "a custom resource and its definition",
      text: """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: lamps.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: Lamp, plural: lamps, singular: lamp, listKind: LampList}
          versions:
            - name: v1
              served: true
              storage: true
              schema:
                openAPIV3Schema:
                  type: object
                  properties:
                    spec:
                      type: object
                      required: [watts]
                      properties:
                        watts: {type: integer, minimum: 1}
                        colour: {type: string, enum: [white, warm]}
        ---
        apiVersion: example.com/v1
        kind: Lamp
        metadata: {name: desk}
        spec:
          colour: green
          brightness: 5
        """,
      expected: [
        "28:spec.brightness: unknown field \"spec.brightness\"", "26:spec.watts: spec.watts: Required value",
        "27:spec.colour: spec.colour: Unsupported value: \"green\": supported values: \"white\", \"warm\"",
      ]),
    Case(
      name: "a custom resource without a definition",
      text: "apiVersion: example.com/v1\nkind: Lamp\nmetadata: {name: desk}\nspec: {anything: true}\n", expected: []),
  ]

  @Test(arguments: cases) func saysWhatTheServerSays(_ test: Case) {
    let found = Self.violations(test.text).map { "\($0.line):\($0.path): \($0.message)" }
    #expect(found == test.expected)
  }

  /// kubectl writes whole numbers of YAML without a fraction; JSON is sent as it is.
  @Test func wholeNumbers() {
    let yaml = Self.violations(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {priority: 1.0, containers: [{name: a, image: a}]}\n")
    #expect(yaml.isEmpty)
    let json = Self.violations(
      #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"priority": 1.0, "containers": [{"name": "a", "image": "a"}]}}"#,
      file: "a.json")
    #expect(json.map(\.path) == ["spec.priority"])
  }

  @Test(arguments: [
    ("*/5 * * * *", true), ("0 0 1 jan sun", true), ("@daily", true), ("@every 1h30m", true), ("* * * *", false),
    ("60 * * * *", false), ("* * * * 7", false), ("@reboot", false), ("1-5/2 * * * ?", true), ("5-1 * * * *", false),
  ]) func schedules(_ text: String, _ isRight: Bool) {
    #expect((CronSchedule.fault(text) == nil) == isRight, "\(text)")
  }

  @Test func deepAndOddInputIsJudged() {
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    for text in [
      "apiVersion: v1\nkind: Pod\nmetadata: \(deep)\nspec: \(deep)\n",
      "apiVersion: v1\nkind: Pod\nmetadata: null\nspec: ~\n",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: [a]}\nspec: {replicas: 1e400, selector: 3}\n",
      "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: LoadBalancer, clusterIP: None, clusterIPs: []}\n",
      "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {podFailurePolicy: {rules: [null]}, template: null}\n",
    ] { #expect(!Self.violations(text).isEmpty, "\(text)") }
  }
}
