import Findings
import Kube
import PodSecurity
import Posture
import TestKit
import Testing

@Suite struct PostureScanTests {
  private static let namespaceWithPod = """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: a
      namespace: shop
    spec:
      containers:
        - name: a
          image: a:1
    """

  /// A policy of a kind that is not evaluated neither passes nor fails a namespace.
  @Test func policiesThatAreNotEvaluatedDecideNothing() async throws {
    let check = try #require(CheckCatalogue.check("namespace-without-network-policy"))
    let foreign =
      Self.namespaceWithPod
      + "\n---\napiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: {name: a, namespace: shop}\nspec: {port: 80}\n"
    let result = await PostureScan(checks: [check]).run(Fixtures.snapshot(foreign))
    #expect(result.findings.isEmpty && result.tally.notEvaluated == 1 && result.status != .complete)
  }

  @Test func absenceIsNotProvedByWhatCouldNotBeRead() async throws {
    let check = try #require(CheckCatalogue.check("namespace-without-network-policy"))
    let whole = await PostureScan(checks: [check]).run(Fixtures.snapshot(Self.namespaceWithPod))
    #expect(whole.findings.count == 1 && whole.status == .complete)

    let broken = await PostureScan(checks: [check]).run(
      Fixtures.snapshot(Self.namespaceWithPod + "\n---\nkind: [NetworkPolicy\n"))
    #expect(broken.findings.isEmpty)
    #expect(broken.tally.notEvaluated == 1)
    #expect(broken.notEvaluated.contains { $0.check == check.metadata.id })
    #expect(broken.status == .partial)
  }

  /// The server would refuse them: what such an object lacks proves nothing, what is found in it counts.
  @Test(arguments: [
    ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  - hostPID: true\n", ["spec"]),
    ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n", ["spec.selector"]),
    (
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostPID: \"true\", containers: [{name: a, image: a}]}}\n",
      ["spec.hostPID"]
    ),
    ("apiVersion: batch/v1\nkind: Cronjob\nmetadata: {name: a}\n", ["kind"]),
  ]) func whatTheServerRefusesIsNotJudged(_ text: String, _ paths: [String]) async throws {
    let result = await PostureScan().run(Fixtures.snapshot(text))
    let schema = result.findings.filter { $0.check.rawValue == "schema" }
    for path in paths { #expect(schema.contains { $0.evidence.first?.path == path }, "\(path)") }
    #expect(result.status == .partial)
    #expect(result.notEvaluated.contains { $0.check == nil && $0.subject != nil })
    let hostPID = result.byCheck[CheckID("pss-host-namespaces")]
    #expect(hostPID?.passed ?? 0 == 0)
  }

  /// Kinds that no line of the catalogue knows, by the shape of what they hold.
  @Test func podSpecsInCustomResources() async throws {
    let container = "{name: c, image: \"x:1\", securityContext: {privileged: true}}"
    let snapshot = Fixtures.snapshot(
      """
      {apiVersion: ray.io/v1, kind: RayJob, metadata: {name: a}, spec: {rayClusterSpec: {headGroupSpec: {template: {spec: {containers: [\(container)]}}}}}}
      ---
      {apiVersion: tekton.dev/v1, kind: PipelineRun, metadata: {name: b}, spec: {pipelineSpec: {tasks: [{taskSpec: {steps: [\(container)]}}]}}}
      ---
      {apiVersion: template.openshift.io/v1, kind: Template, metadata: {name: c}, objects: [{apiVersion: apps/v1, kind: Deployment, spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [\(container)]}}}}]}
      ---
      {apiVersion: example.com/v1, kind: Menu, metadata: {name: d}, spec: {containers: [{name: box, size: 3}], steps: [stir]}}
      """)
    let check = try #require(CheckCatalogue.check("pss-privileged"))
    let result = await PostureScan(checks: [check]).run(snapshot)
    #expect(result.findings.map(\.subject.name).sorted() == ["a", "b", "c"])
    #expect(
      result.findings.contains {
        $0.evidence.first?.path == "objects[0].spec.template.spec.containers[0].securityContext.privileged"
      })
    #expect(snapshot.workloads.count == 3)
  }

  /// What the server says of a version that is gone is that it is gone.
  @Test func whatIsAskedNowIsNotAskedOfAnOldVersion() async throws {
    let webhook =
      "{apiVersion: admissionregistration.k8s.io/v1beta1, kind: MutatingWebhookConfiguration, metadata: {name: a}, webhooks: [{name: a.example.com, clientConfig: {service: {name: s, namespace: n}}}]}"
    let result = await PostureScan().run(Fixtures.snapshot(webhook))
    #expect(!result.findings.contains { $0.check.rawValue == "schema" && $0.evidence.first?.path != "kind" })
    #expect(result.status == .partial)
  }

  /// What is read of the node weighs less than what is written, unless it is a key.
  @Test(arguments: [
    ("/etc/localtime", true, "medium", ""), ("/data", false, "high", ""), ("/var/log", true, "medium", "medium"),
    ("/var/log", false, "high", "critical"), ("/etc/kubernetes", true, "high", "high"), ("/dev", true, "high", "high"),
    ("/lib/modules", true, "medium", "medium"), ("/", true, "high", "high"),
  ]) func filesOfTheNode(_ path: String, _ readOnly: Bool, _ standard: String, _ sensitive: String) async throws {
    let pod =
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: \"x:1\", volumeMounts: [{name: v, mountPath: /v, readOnly: \(readOnly)}]}], volumes: [{name: v, hostPath: {path: \(path)}}]}}"
    #expect(try await Self.findings("pss-host-path-volumes", pod).map { "\($0.severity)" } == [standard])
    #expect(
      try await Self.findings("sensitive-host-path", pod).map { "\($0.severity)" }
        == (sensitive.isEmpty ? [] : [sensitive]))
  }

  /// On Windows users have names.
  @Test(arguments: [
    ("ContainerUser", Severity.low), ("ContainerAdministrator", Severity.medium),
    ("NT AUTHORITY\\\\SYSTEM", Severity.medium),
  ]) func usersOfWindows(_ name: String, _ severity: Severity) async throws {
    let found = try await Self.findings(
      "pss-run-as-non-root",
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {os: {name: windows}, securityContext: {windowsOptions: {runAsUserName: \"\(name)\"}}, containers: [{name: c, image: \"x:1\"}]}}"
    )
    #expect(found.map(\.severity) == [severity])
  }

  /// Policies that let everything through are none.
  @Test(arguments: [("[{}]", 1), ("[]", 0), ("[{ports: [{port: 80}]}]", 0)])
  func policiesThatStopNothing(_ ingress: String, _ count: Int) async throws {
    let policy =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Ingress], ingress: \(ingress)}\n"
    #expect(
      try await Self.findings("namespace-without-network-policy", Self.namespaceWithPod + "\n---\n" + policy).count
        == count)
  }

  private static func findings(_ id: String, _ text: String) async throws -> [Finding] {
    let check = try #require(CheckCatalogue.check(id))
    return await PostureScan(checks: [check]).run(Fixtures.snapshot(text)).findings
  }

  /// The standard wants the field; that it may run as root is true only without a user.
  @Test(arguments: [
    ("{runAsUser: 180}", "{runAsUser: 12000}", Severity.low), ("{runAsUser: 12000}", "{}", .low),
    ("{runAsUser: 12000}", "{runAsUser: 0}", .medium), ("{}", "{}", .medium),
    ("{runAsUser: 12000, runAsNonRoot: false}", "{}", .medium),
  ]) func mayRunAsRootIsSaidOfWhatMay(_ pod: String, _ container: String, _ severity: Severity) async throws {
    let found = try await Self.findings(
      "pss-run-as-non-root",
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {securityContext: \(pod), containers: [{name: c, image: \"x:1\", securityContext: \(container)}]}}"
    )
    #expect(found.map(\.severity) == [severity])
    #expect(found.first?.title.hasPrefix("May run as root") == (severity == .medium))
  }

  /// Limits and requests of the pod, and defaults of the namespace, are those of the container.
  @Test(arguments: [
    "missing-memory-limit", "missing-cpu-limit", "missing-resource-requests", "missing-ephemeral-storage-limit",
  ])
  func resourcesThatThePodOrTheNamespaceGives(_ id: String) async throws {
    let range =
      "{apiVersion: v1, kind: LimitRange, metadata: {name: r, namespace: t}, spec: {limits: [{type: Container, default: {cpu: 1, memory: 1Gi, ephemeral-storage: 1Gi}}]}}"
    func pod(_ namespace: String, _ resources: String = "{}") -> String {
      "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: \(namespace)}, spec: {resources: \(resources), containers: [{name: c, image: \"x:1\"}]}}"
    }
    #expect(try await Self.findings(id, range + "\n---\n" + pod("t")).isEmpty)
    #expect(try await Self.findings(id, range + "\n---\n" + pod("other")).count == 1)
    #expect(try await Self.findings(id, pod("t", "{limits: {cpu: 1, memory: 1Gi, ephemeral-storage: 1Gi}}")).isEmpty)
  }

  /// By the value where the name does not decide.
  @Test(arguments: [
    ("DB_SECRET", "db-credentials", false), ("PULL_SECRET", "regcred", false), ("MAX_TOKEN", "4096", false),
    ("KEY_VAULT_SECRET", "my-vault-secret-name", false), ("TOKEN", "file:/run/token", false),
    ("VAULT_SECRET", "secret/data/app#password", false), ("CSRF_TOKEN", "required", false),
    ("KAFKA_AUTH", "SCRAM-SHA-256", false),
    ("ETCD_AUTH_TOKEN", "jwt,priv-key=/certs/jwt.pem,sign-method=RS256,ttl=10m", false),
    ("PULL_SECRET", "regcred-v2", false), ("API_TOKEN", "abc123def456", true),
    ("DB_PASS", "S3cr3tPa55", true), ("PASSWORD2", "S3cr3tPa55", true), ("REDIS_AUTH", "S3cr3tPa55", true),
    ("CONNECTION", "Server=db;User Id=sa;Password=S3cr3tPa55;", true), ("DB_PASSWORD", "hunter", true),
    ("OPENAI", "sk-proj-0123456789abcdefghijklmnopqrstuvABCD", true), ("ALLOW_EMPTY_PASSWORD", "yes", false),
  ]) func credentialsByNameAndValue(_ name: String, _ value: String, _ isOne: Bool) async throws {
    let found = try await Self.findings(
      "credential-in-environment",
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: \"x:1\", env: [{name: \(name), value: \"\(value)\"}]}]}}"
    )
    #expect(found.isEmpty != isOne)
  }

  @Test(arguments: [
    ("args: [\"--db-password\", S3cr3tPa55]", true),
    ("command: [sh, -c, \"export DB_PASSWORD=S3cr3tPa55; exec app\"]", true),
    ("args: [\"--token\", \"--verbose\"]", false), ("args: [\"--secret-name\", regcred]", false),
    ("command: [sh, -c, \"export DB_PASSWORD=$(cat /run/db)\"]", false),
    ("args: [\"--password-file\", /run/db]", false),
  ]) func credentialsInArguments(_ field: String, _ isOne: Bool) async throws {
    let found = try await Self.findings(
      "credential-in-environment",
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: \"x:1\", \(field)}]}}")
    #expect(found.isEmpty != isOne)
  }

  @Test(arguments: [
    ("config.yaml", "database:\n  password: hunter2plaintext\n", true),
    ("application.properties", "spring.datasource.password=S3cr3tPa55\n", true),
    (".env", "API_TOKEN=abc123def456ghi789\n", true),
    ("settings.json", "{\"apiKey\": \"9f8e7d6c5b4a39281706f5e4d3c2b1a0\"}\n", true),
    ("settings", "a: 1\npassword: hunter2plaintext\n", true),
    ("app.js", "const token = getToken();\nmodule.exports = { secretKey };\n", false),
    ("config.yaml", "passwordFile: /run/db\nsecretName: db-credentials\ntokenTTL: 3600s\n", false),
    ("values.yaml", "password: ${DB_PASSWORD}\ntoken: {{ .Values.token }}\n", false),
  ]) func credentialsInFilesOfAConfigMap(_ name: String, _ text: String, _ isOne: Bool) async throws {
    let lines = text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    let found = try await Self.findings(
      "credential-in-configmap", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  \(name): |\n\(lines)\n"
    )
    #expect(found.isEmpty != isOne)
  }

  @Test(arguments: [("{name: http}", true), ("{number: 80}", true), ("{name: htp}", false), ("{number: 8080}", false)])
  func portsOfAnIngress(_ port: String, _ isThere: Bool) async throws {
    let found = try await Self.findings(
      "dangling-ingress",
      """
      {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{name: http, port: 80, targetPort: 8080}]}}
      ---
      {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}, spec: {defaultBackend: {service: {name: web, port: \(port)}}}}
      """)
    #expect(found.isEmpty == isThere)
  }

  /// A grant to everybody weighs what it grants.
  @Test(arguments: [
    (
      "{apiGroups: [\"\"], resources: [configmaps], resourceNames: [info], verbs: [get]}", "system:authenticated",
      Severity.info
    ),
    ("{apiGroups: [\"\"], resources: [secrets], verbs: [get, list]}", "system:authenticated", .high),
    ("{apiGroups: [\"\"], resources: [secrets], verbs: [get, list]}", "system:unauthenticated", .critical),
  ]) func aGrantToEverybodyWeighsWhatItGrants(_ rule: String, _ group: String, _ severity: Severity) async throws {
    let found = try await Self.findings(
      "anonymous-binding",
      """
      {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {namespace: ci, name: a}, rules: [\(rule)]}
      ---
      {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {namespace: ci, name: a}, subjects: [{kind: Group, name: "\(group)", apiGroup: rbac.authorization.k8s.io}], roleRef: {kind: Role, name: a, apiGroup: rbac.authorization.k8s.io}}
      """)
    #expect(found.map(\.severity) == [severity])
  }

  @Test func aRoleThatWidensEditForTheWholeClusterIsSaid() async throws {
    let found = try await Self.findings(
      "widens-built-in-role",
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a, labels: {rbac.authorization.k8s.io/aggregate-to-edit: \"true\"}}, rules: [{apiGroups: [\"\"], resources: [nodes/proxy], verbs: [get]}]}"
    )
    #expect(found.map(\.severity) == [.medium])
    #expect(found.first?.message.contains("in the whole cluster") == true)
  }

  /// Ids of other tools lead to the checks that answer them.
  @Test(arguments: [
    ("CKV_K8S_23", ["pss-run-as-non-root", "pss-run-as-user"]), ("checkov:CKV_K8S_43", ["image-without-digest"]),
    ("CKV2_K8S_3", ["rbac-impersonate"]), ("CKV2_K8S_5", ["rbac-read-secrets"]), ("CKV_K8S_26", ["pss-host-ports"]),
    ("C-0307", ["missing-service-account"]), ("ckv_k8s_17", ["pss-host-namespaces"]), ("CKV_K8S_NODEPORT", []),
    ("pss-privileged", ["pss-privileged"]),
  ]) func idsOfOtherTools(_ id: String, _ checks: [String]) {
    #expect(CheckCatalogue.checks(known: id).map(\.metadata.id.rawValue).sorted() == checks)
  }

  /// A sidecar in front changes the place of every container and nothing else.
  @Test func fingerprintsOutliveAContainerInFront() async throws {
    func pod(_ first: String) -> String {
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [\(first){name: app, image: \"a:1\", securityContext: {privileged: true}}]}}"
    }
    let check = try #require(CheckCatalogue.check("pss-privileged"))
    let scan = PostureScan(checks: [check])
    let before = await scan.run(Fixtures.snapshot(pod(""))).findings
    let after = await scan.run(Fixtures.snapshot(pod("{name: mesh, image: \"m:1\"}, "))).findings
    #expect(before.map(\.fingerprint) == after.map(\.fingerprint) && before.count == 1)
    // A baseline of a version that counted still knows it.
    let old = try #require(before.first?.formerFingerprint(as: CheckID("pss-privileged")))
    let entry = Baseline.Entry(
      check: "pss-privileged", subject: Baseline.Entry.subject(before[0].subject), fingerprint: old.text)
    #expect(Baseline([entry]).unknown(among: before).isEmpty)
  }

  @Test(arguments: CheckCatalogue.checks.map(\.metadata.id.rawValue))
  func aRefusedKindNeverPasses(_ id: String) async throws {
    let check = try #require(CheckCatalogue.check(id))
    var builder = ClusterSnapshot.Builder()
    let kinds =
      (check as? any ObjectCheck)?.kinds ?? [.pod, GroupKind("apps", "Deployment"), GroupKind("batch", "CronJob")]
    for kind in kinds { builder.refuse(kind, reason: "forbidden") }
    let result = await PostureScan(checks: [check]).run(builder.build())
    #expect(result.tally.passed == 0 && result.findings.isEmpty)
    #expect(!result.notEvaluated.isEmpty)
    #expect(result.status == .partial)
  }

  @Test func theSameInputGivesTheSameOrderWhateverTheWidth() async throws {
    let manifests = (0..<300).map { index in
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p\(index), namespace: n\(index % 7)}\nspec: {containers: [{name: c, image: x}]}"
    }.joined(separator: "\n---\n")
    let snapshot = Fixtures.snapshot(manifests)
    let one = await PostureScan().run(snapshot, width: 1)
    let eight = await PostureScan().run(snapshot, width: 8)
    #expect(one.findings == eight.findings)
    #expect(one.notEvaluated == eight.notEvaluated)
    #expect(one.tally == eight.tally)
    #expect(one.tally.failed == one.findings.count)
  }

  @Test func restrictedDoesNotRepeatBaseline() async throws {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: a}
      spec:
        volumes:
          - name: root
            hostPath: {path: /}
        containers: [{name: c, image: "x:1"}]
      """)
    let result = await PostureScan().run(snapshot)
    #expect(result.findings.contains { $0.check.rawValue == "pss-host-path-volumes" })
    #expect(!result.findings.contains { $0.check.rawValue == "pss-restricted-volumes" })
  }

  @Test func credentialsNeverReachTheReport() async throws {
    let secret = "correct-horse-battery"
    let snapshot = Fixtures.snapshot(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: 'x:1', env: [{name: DB_PASSWORD, value: \(secret)}], args: ['--password=\(secret)']}]}"
    )
    let result = await PostureScan().run(snapshot)
    let finding = try #require(result.findings.first { $0.check.rawValue == "credential-in-environment" })
    #expect(finding.evidence.count == 2)
    #expect(!"\(result)".contains(secret))
  }
}
