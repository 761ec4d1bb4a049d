import Bytes

/// Source: `pkg/apis/{flowcontrol,certificates,scheduling}/v1/defaults.go`, and the same of apiextensions-apiserver and
/// kube-aggregator, of Kubernetes 1.36.
extension TypeDefaults {
  static let otherGroups: [String: TypeDefaults] = [
    "flowcontrol/v1.FlowSchemaSpec": TypeDefaults([("matchingPrecedence", 1000)]),
    "flowcontrol/v1.ExemptPriorityLevelConfiguration": TypeDefaults([
      ("nominalConcurrencyShares", 0), ("lendablePercent", 0),
    ]),
    "flowcontrol/v1.LimitedPriorityLevelConfiguration": TypeDefaults([
      ("nominalConcurrencyShares", 30), ("lendablePercent", 0),
    ]),
    "flowcontrol/v1.QueuingConfiguration": TypeDefaults([("handSize", 8), ("queues", 64), ("queueLengthLimit", 50)]),
    "scheduling/v1.PriorityClass": TypeDefaults([("preemptionPolicy", "PreemptLowerPriority")]),
    "apiextensions/v1.CustomResourceDefinitionSpec": TypeDefaults([("conversion", ["strategy": "None"])]),
    "apiextensions/v1.CustomResourceDefinition": TypeDefaults(begin: { fields in
      if let names = fields["spec"]?["names"], let kind = names["kind"]?.string, !kind.isEmpty {
        var names = names
        if names["singular"]?.string ?? "" == "" {
          names = names.setting("singular", DocumentNode(.string(kind.lowercased())))
        }
        if names["listKind"]?.string ?? "" == "" {
          names = names.setting("listKind", DocumentNode(.string(kind + "List")))
        }
        fields["spec"] = fields["spec"]?.setting("names", names)
      }
      guard fields["status"]?["storedVersions"]?.elements.isEmpty ?? true,
        let stored = fields["spec"]?["versions"]?.elements.first(where: { $0["storage"]?.bool == true })
      else { return }
      fields["status"] = (fields["status"] ?? [:]).setting(
        "storedVersions", DocumentNode(.array([stored["name"] ?? ""])))
    }),
    "apiextensions/v1.ServiceReference": TypeDefaults([("port", 443)]),
    "apiregistration/v1.ServiceReference": TypeDefaults([("port", 443)]),
  ]
}
