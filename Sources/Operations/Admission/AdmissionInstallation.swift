package import Admission
package import Bytes
import Kube
import Posture

/// What is applied to a cluster so that its API server asks our webhook (`admission install`).
package struct AdmissionInstallation: Sendable {
  /// Where the API server finds the webhook.
  package enum Target: Sendable {
    /// A Service in the cluster, with a Deployment behind it.
    case service(namespace: String, name: String, image: String)
    /// A server outside of the cluster: `https://HOST:PORT`, without a path.
    case url(String)
  }

  package var target: Target
  package var profile = "default"
  /// PEM of the authority that the API server is to trust.
  package var authority: String
  /// PEM of its key, for the Secret from which replicas make their certificates; a secret.
  package var authorityKey: String
  /// What the server does when the webhook does not answer.
  package var failsClosed = true
  /// Seconds, from 1 to 30.
  package var timeout = 10
  /// Namespaces that are not asked about, besides kube-system and our own.
  package var exempt: [String] = []
  /// What is done about signatures of images; nil where they are not asked for.
  package var signedImages: ImageGate.Tags?
  /// Files of policies by name, for the ConfigMap.
  package var files: [(name: String, text: String)] = []
  /// Files of image policies by name, which the Deployment judges signatures by; empty: it is not told to.
  package var imagePolicies: [(name: String, text: String)] = []

  package init(target: Target, authority: String, authorityKey: String) {
    self.target = target
    self.authority = authority
    self.authorityKey = authorityKey
  }

  private static let port: Int64 = 9443
  private static let webhookName = "admission.bartizan.dev"
  private static let mutatingName = "mutation.bartizan.dev"

  private static func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }
  private static func list(_ values: [String]) -> DocumentNode { DocumentNode(.array(values.map(text))) }

  /// - Parameter policies: what the webhook will judge by: their rules are what the server is told to ask about.
  package func documents(_ policies: PolicySet) -> [DocumentNode] {
    var documents: [DocumentNode] = []
    if case .service(let namespace, let name, let image) = target {
      documents += deployed(namespace, name, image)
    }
    let images = signedImages == nil ? [] : Self.imageRules
    let validating = Self.distinct(Self.rules(policies.validating.hooks.map(\.policy.root)) + images)
    if !validating.isEmpty {
      documents.append(configuration("ValidatingWebhookConfiguration", Self.webhookName, "admit", validating, [:]))
    }
    let pins = signedImages == .pin ? [Self.podRule] : []
    let mutating = Self.distinct(Self.rules(policies.mutating.hooks.map(\.policy.root)) + pins)
    if !mutating.isEmpty {
      documents.append(
        configuration(
          "MutatingWebhookConfiguration", Self.mutatingName, "mutate", mutating, ["reinvocationPolicy": "IfNeeded"]))
    }
    return documents
  }

  /// What `serve --config` is given so that the profile asks who signed images.
  ///
  /// - Parameters:
  ///   - policies: paths of image policies.
  ///   - trust: the folder where verdicts are kept; nil: in memory alone.
  ///   - isAlone: whether the profile judges by nothing else.
  package func serveConfiguration(policies: [String], trust: String?, isAlone: Bool) -> DocumentNode {
    var entry: DocumentNode = ["name": Self.text(profile)]
    if isAlone { entry = entry.setting("policies", []) }
    let tags: ImageGate.Tags = signedImages ?? .verify
    entry = entry.setting(
      "images", ["policies": Self.list(policies), "mode": "enforce", "tags": Self.text(tags.rawValue)])
    var admission: DocumentNode = ["profiles": DocumentNode(.array([entry]))]
    if let trust { admission = admission.setting("imageTrust", Self.text(trust)) }
    return ["apiVersion": "bartizan.dev/v1", "kind": "ServeConfiguration", "admission": admission]
  }

  private static let imageFolder = "/etc/bartizan/images"
  private static let trustFolder = "/var/lib/bartizan/trust"

  /// The configuration and the image policies that it names.
  private func imageFiles() -> DocumentNode {
    let configuration = serveConfiguration(
      policies: imagePolicies.map { "\(Self.imageFolder)/\($0.name)" }, trust: Self.trustFolder, isAlone: files.isEmpty)
    let files = [("serve.json", JSONWriter.compact(configuration))] + imagePolicies.map { ($0.name, $0.text) }
    return DocumentNode(.object(Mapping(files.map { Mapping.Entry(key: $0.0, value: Self.text($0.1)) })))
  }

  private static func imageRule(_ groups: [String], _ resources: [String]) -> DocumentNode {
    [
      "apiGroups": list(groups), "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"],
      "resources": list(resources), "scope": "Namespaced",
    ]
  }

  /// Pods, and containers that are put into running ones.
  private static let podRule = imageRule([""], ["pods", "pods/ephemeralcontainers"])

  /// What holds images in Kubernetes itself. The pods of everything else are asked about when they are made.
  private static let imageRules = [
    podRule, imageRule([""], ["podtemplates", "replicationcontrollers"]),
    imageRule(["apps"], ["daemonsets", "deployments", "replicasets", "statefulsets"]),
    imageRule(["batch"], ["cronjobs", "jobs"]),
  ]

  private static func distinct(_ rules: [DocumentNode]) -> [DocumentNode] {
    var seen = Set<String>()
    return rules.filter { seen.insert(JSONWriter.compact($0)).inserted }
  }

  /// The rules of policies, each once. Names of single resources are left out: what matches is decided by the policies.
  private static func rules(_ policies: [DocumentNode]) -> [DocumentNode] {
    var seen = Set<String>()
    var rules: [DocumentNode] = []
    for rule in policies.flatMap({ $0[path: "spec", "matchConstraints", "resourceRules"]?.elements ?? [] }) {
      var plain: DocumentNode = [:]
      for key in ["apiGroups", "apiVersions", "operations", "resources", "scope"] {
        if let value = rule[key] { plain = plain.setting(key, value) }
      }
      if seen.insert(JSONWriter.compact(plain)).inserted { rules.append(plain) }
    }
    return rules
  }

  private func configuration(
    _ kind: String, _ name: String, _ path: String, _ rules: [DocumentNode], _ others: DocumentNode
  ) -> DocumentNode {
    var client: DocumentNode = ["caBundle": Self.text(Base64.encode(authority.utf8))]
    var own: [String] = []
    switch target {
    case .url(let url): client = client.setting("url", Self.text("\(url)/\(path)/\(profile)"))
    case .service(let namespace, let service, _):
      own = [namespace]
      client = client.setting(
        "service",
        [
          "namespace": Self.text(namespace), "name": Self.text(service), "path": Self.text("/\(path)/\(profile)"),
          "port": 443,
        ])
    }
    // A cluster whose system pods wait for a webhook that waits for system pods does not start again.
    let left = Set(["kube-system"] + own + exempt).sorted()
    var webhook: DocumentNode = [
      "name": Self.text(name), "admissionReviewVersions": ["v1"], "sideEffects": "None",
      "timeoutSeconds": DocumentNode(.int(Int64(timeout))), "failurePolicy": failsClosed ? "Fail" : "Ignore",
      "matchPolicy": "Equivalent",
      "namespaceSelector": [
        "matchExpressions": [
          ["key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": Self.list(left)]
        ]
      ],
      "clientConfig": client, "rules": DocumentNode(.array(rules)),
    ]
    for entry in others.entries { webhook = webhook.setting(entry.key, entry.value) }
    return [
      "apiVersion": "admissionregistration.k8s.io/v1", "kind": Self.text(kind),
      "metadata": ["name": "bartizan", "labels": Self.labels], "webhooks": DocumentNode(.array([webhook])),
    ]
  }

  private static let labels: DocumentNode = ["app.kubernetes.io/name": "bartizan"]

  private func metadata(_ namespace: String, _ name: String) -> DocumentNode {
    ["name": Self.text(name), "namespace": Self.text(namespace), "labels": Self.labels]
  }

  private func deployed(_ namespace: String, _ name: String, _ image: String) -> [DocumentNode] {
    // The namespace, the service account, and its rights to list what policies ask of.
    var documents = DocumentReader.read(
      Array(ReaderManifest.text(namespace: namespace, withSecrets: false).utf8)
    ).documents
    documents.append([
      "apiVersion": "v1", "kind": "Secret", "metadata": metadata(namespace, "\(name)-authority"), "type": "Opaque",
      "stringData": ["ca.crt": Self.text(authority), "ca.key": Self.text(authorityKey)],
    ])
    let data = files.map { Mapping.Entry(key: $0.name, value: Self.text($0.text)) }
    documents.append([
      "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(namespace, "\(name)-policies"),
      "data": DocumentNode(.object(Mapping(data))),
    ])
    if !imagePolicies.isEmpty {
      documents.append([
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(namespace, "\(name)-images"),
        "data": imageFiles(),
      ])
    }
    documents.append([
      "apiVersion": "v1", "kind": "Service", "metadata": metadata(namespace, name),
      "spec": [
        "selector": Self.labels,
        "ports": [["name": "admission", "port": 443, "targetPort": "admission"]],
      ],
    ])
    documents.append([
      "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata(namespace, name),
      "spec": ["minAvailable": 1, "selector": ["matchLabels": Self.labels]],
    ])
    documents.append(deployment(namespace, name, image))
    return documents
  }

  private func deployment(_ namespace: String, _ name: String, _ image: String) -> DocumentNode {
    func probe(_ path: String) -> DocumentNode {
      ["httpGet": ["path": Self.text(path), "port": "admission", "scheme": "HTTPS"]]
    }
    let asksImages = !imagePolicies.isEmpty
    var mounts: [DocumentNode] = [
      ["name": "policies", "mountPath": "/etc/bartizan/policies", "readOnly": true],
      ["name": "authority", "mountPath": "/etc/bartizan/authority", "readOnly": true],
    ]
    var volumes: [DocumentNode] = [
      ["name": "policies", "configMap": ["name": Self.text("\(name)-policies")]],
      // 0440: for the group of the pod alone.
      ["name": "authority", "secret": ["secretName": Self.text("\(name)-authority"), "defaultMode": 288]],
    ]
    if asksImages {
      mounts.append(["name": "images", "mountPath": Self.text(Self.imageFolder), "readOnly": true])
      mounts.append(["name": "trust", "mountPath": Self.text(Self.trustFolder)])
      volumes.append(["name": "images", "configMap": ["name": Self.text("\(name)-images")]])
      volumes.append(["name": "trust", "emptyDir": ["sizeLimit": "256Mi"]])
    }
    let policies = asksImages && files.isEmpty ? [] : ["--policies", "/etc/bartizan/policies"]
    let configuration = asksImages ? ["--config", "\(Self.imageFolder)/serve.json"] : []
    let container: DocumentNode = [
      "name": "bartizan", "image": Self.text(image),
      "args": Self.list(
        ["serve", "--in-cluster"] + policies + ["--admission-listen", ":\(Self.port)"] + [
          "--admission-anonymous", "--certificates", "/etc/bartizan/authority", "--admission-name",
          "\(name).\(namespace).svc", "--refresh", "300",
        ] + configuration),
      "ports": [["name": "admission", "containerPort": DocumentNode(.int(Self.port))]],
      "readinessProbe": probe("/readyz"), "livenessProbe": probe("/healthz"),
      "resources": [
        "requests": ["cpu": "100m", "memory": "128Mi"], "limits": ["memory": "512Mi"],
      ],
      "securityContext": [
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
        "capabilities": ["drop": ["ALL"]],
      ],
      "volumeMounts": DocumentNode(.array(mounts)),
    ]
    return [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(namespace, name),
      "spec": [
        "replicas": 2, "selector": ["matchLabels": Self.labels],
        "template": [
          "metadata": ["labels": Self.labels],
          "spec": [
            "serviceAccountName": "bartizan",
            "securityContext": [
              "runAsNonRoot": true, "runAsUser": 65_532, "runAsGroup": 65_532, "fsGroup": 65_532,
              "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "topologySpreadConstraints": [
              [
                "maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": ["matchLabels": Self.labels],
              ]
            ],
            "containers": DocumentNode(.array([container])),
            "volumes": DocumentNode(.array(volumes)),
          ],
        ],
      ],
    ]
  }
}
