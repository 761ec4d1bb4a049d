import Bytes

/// Demands on pods as a ValidatingAdmissionPolicy with its binding, for pods and for all that makes pods.
enum PodPolicy {
  /// What is said of a policy in its annotations, which `bartizan scan --policies` reads as the metadata of a check.
  struct About {
    let name: String
    let title: String
    let severity: String
    let remediation: String
    var url: String?
  }

  /// One demand: what it forbids and how the refusal is worded.
  struct Control {
    /// An expression that is true where the pod is in order.
    let expression: String
    /// An expression for what is told otherwise.
    let message: String

    /// - Parameters:
    ///   - name: what the message begins with.
    ///   - bad: of a container `c`.
    ///   - variable: the containers that are looked at.
    ///   - exemption: an expression; where it is true nothing is demanded.
    ///   - demand: what the containers must or must not do.
    static func containers(
      _ name: String, _ bad: String, of variable: String = "containers", unless exemption: String? = nil,
      _ demand: String
    ) -> Control {
      let head = exemption.map { "\($0) || " } ?? ""
      return Control(
        expression: "\(head)!variables.\(variable).exists(c, \(bad))",
        message:
          "\(ForeignPolicies.celText("\(name): containers ")) + variables.\(variable).filter(c, \(bad)).map(c, c.name).join(', ') + \(ForeignPolicies.celText(" \(demand)"))"
      )
    }

    static func pod(_ name: String, _ expression: String, _ demand: String) -> Control {
      Control(expression: expression, message: ForeignPolicies.celText("\(name): \(demand)"))
    }
  }

  /// The policy, with the variables that it uses, and its binding.
  ///
  /// - Parameters:
  ///   - more: variables beside those of `variables`.
  ///   - exempt: namespaces that the binding leaves alone.
  static func documents(
    _ about: About, _ controls: [Control], variables more: [(name: String, expression: String)] = [],
    action: PolicyBinding.Action, exempt: [String]
  ) -> [DocumentNode] {
    let known = variables + more
    var used = Set<String>()
    var texts = controls.flatMap { [$0.expression, $0.message] }
    // What a variable is made of is used, too.
    while let text = texts.popLast() {
      for variable in known where !used.contains(variable.name) && text.contains("variables.\(variable.name)") {
        used.insert(variable.name)
        texts.append(variable.expression)
      }
    }
    let validations = controls.map { control -> DocumentNode in
      [
        "expression": ForeignPolicies.text(control.expression),
        "messageExpression": ForeignPolicies.text(control.message), "reason": "Forbidden",
      ]
    }
    var annotations: DocumentNode = [
      "bartizan.dev/title": ForeignPolicies.text(about.title),
      "bartizan.dev/severity": ForeignPolicies.text(about.severity),
      "bartizan.dev/remediation": ForeignPolicies.text(about.remediation),
    ]
    if let url = about.url { annotations = annotations.setting("bartizan.dev/url", ForeignPolicies.text(url)) }
    let policy: DocumentNode = [
      "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
      "metadata": ["name": ForeignPolicies.text(about.name), "annotations": annotations],
      "spec": [
        "failurePolicy": "Fail", "matchConstraints": ["resourceRules": DocumentNode(.array(rules))],
        "variables": DocumentNode(
          .array(
            known.filter { used.contains($0.name) }.map {
              ["name": ForeignPolicies.text($0.name), "expression": ForeignPolicies.text($0.expression)]
            })), "validations": DocumentNode(.array(validations)),
      ],
    ]
    return [policy, binding(of: about.name, action, exempt: exempt)]
  }

  /// A binding of the name of its policy, for everything outside of some namespaces.
  static func binding(of name: String, _ action: PolicyBinding.Action, exempt: [String]) -> DocumentNode {
    var spec: DocumentNode = [
      "policyName": ForeignPolicies.text(name), "validationActions": ForeignPolicies.list([action.rawValue]),
    ]
    if !exempt.isEmpty {
      spec = spec.setting(
        "matchResources",
        [
          "namespaceSelector": [
            "matchExpressions": [
              [
                "key": "kubernetes.io/metadata.name", "operator": "NotIn",
                "values": ForeignPolicies.list(exempt.sorted()),
              ]
            ]
          ]
        ])
    }
    return [
      "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
      "metadata": ["name": ForeignPolicies.text(name)], "spec": spec,
    ]
  }

  /// Pods, and all that makes pods.
  static let rules: [DocumentNode] = [
    ("", ["pods", "pods/ephemeralcontainers", "replicationcontrollers", "podtemplates"]),
    ("apps", ["daemonsets", "deployments", "replicasets", "statefulsets"]), ("batch", ["cronjobs", "jobs"]),
  ].map { (group: String, resources: [String]) in
    [
      "apiGroups": ForeignPolicies.list([group]), "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
      "resources": ForeignPolicies.list(resources),
    ]
  }

  /// The pod, or the template of the pods that an object makes, and its parts.
  static let variables: [(name: String, expression: String)] = [
    (
      "pod",
      "object.kind == 'Pod' ? object : object.kind == 'PodTemplate' ? object.template : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template : object.spec.template"
    ), ("spec", "variables.pod.spec"), ("annotations", "variables.pod.?metadata.?annotations.orValue({})"),
    (
      "containers",
      "variables.spec.?initContainers.orValue([]) + variables.spec.containers + variables.spec.?ephemeralContainers.orValue([])"
    ), ("isWindows", "variables.spec.?os.?name.orValue('') == 'windows'"),
    ("ownUsers", "variables.spec.?hostUsers.orValue(true) == false"),
  ]
}
