import Bytes

/// Source: `pkg/apis/{apps,batch}/v1/defaults.go` of Kubernetes 1.36.
extension TypeDefaults {
  static let workloads: [String: TypeDefaults] = [
    "apps/v1.DeploymentSpec": TypeDefaults([
      ("replicas", 1), ("revisionHistoryLimit", 10), ("progressDeadlineSeconds", 600),
    ]),
    "apps/v1.DeploymentStrategy": TypeDefaults(
      [("type", "RollingUpdate")],
      begin: { fields in
        guard fields.string("type") == "RollingUpdate" else { return }
        var update = fields["rollingUpdate"] ?? [:]
        for key in ["maxUnavailable", "maxSurge"] where update[key] == nil { update = update.setting(key, "25%") }
        fields["rollingUpdate"] = update
      }),
    "apps/v1.DaemonSetSpec": TypeDefaults([("revisionHistoryLimit", 10)]),
    "apps/v1.DaemonSetUpdateStrategy": TypeDefaults(
      [("type", "RollingUpdate")],
      begin: { fields in
        guard fields.string("type") == "RollingUpdate" else { return }
        var update = fields["rollingUpdate"] ?? [:]
        if update["maxUnavailable"] == nil { update = update.setting("maxUnavailable", 1) }
        if update["maxSurge"] == nil { update = update.setting("maxSurge", 0) }
        fields["rollingUpdate"] = update
      }),
    "apps/v1.StatefulSetSpec": TypeDefaults([
      ("podManagementPolicy", "OrderedReady"), ("replicas", 1), ("revisionHistoryLimit", 10),
      ("persistentVolumeClaimRetentionPolicy", [:]),
    ]),
    "apps/v1.StatefulSetUpdateStrategy": TypeDefaults(begin: { fields in
      if fields.isEmpty("type") {
        fields["type"] = "RollingUpdate"
        if fields["rollingUpdate"] == nil { fields["rollingUpdate"] = [:] }
      }
      if fields.string("type") == "RollingUpdate", let update = fields["rollingUpdate"], update["partition"] == nil {
        fields["rollingUpdate"] = update.setting("partition", 0)
      }
    }),
    "apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy": TypeDefaults([
      ("whenDeleted", "Retain"), ("whenScaled", "Retain"),
    ]),
    "apps/v1.StatefulSet": TypeDefaults(begin: { fields in
      // Claims inside a StatefulSet are whole objects and say what they are.
      guard let claims = fields["spec"]?["volumeClaimTemplates"]?.array else { return }
      fields["spec"] = fields["spec"]?.setting(
        "volumeClaimTemplates",
        DocumentNode(
          .array(
            claims.map { claim in
              var claim = claim
              if claim["apiVersion"]?.string ?? "" == "" { claim = claim.setting("apiVersion", "v1") }
              if claim["kind"]?.string ?? "" == "" { claim = claim.setting("kind", "PersistentVolumeClaim") }
              return claim
            })))
    }),
    "apps/v1.ReplicaSetSpec": TypeDefaults([("replicas", 1)]),
    "batch/v1.PodFailurePolicyOnPodConditionsPattern": TypeDefaults([("status", "True")]),
    // The defaults of a job's spec belong to the job: the template of a CronJob does not get them.
    "batch/v1.Job": TypeDefaults(begin: { fields in
      var spec = fields["spec"] ?? [:]
      if spec["completions"] == nil, spec["parallelism"] == nil { spec = spec.setting("completions", 1) }
      let values: [(String, DocumentNode)] = [
        ("parallelism", 1), ("backoffLimit", 6), ("completionMode", "NonIndexed"), ("suspend", false),
        ("podReplacementPolicy", spec["podFailurePolicy"] == nil ? "TerminatingOrFailed" : "Failed"),
      ]
      for (name, value) in values where spec[name] == nil { spec = spec.setting(name, value) }
      fields["spec"] = spec
      if let labels = spec[path: "template", "metadata", "labels"] { copyLabels(labels, to: &fields) }
    }),
    "batch/v1.CronJobSpec": TypeDefaults([
      ("concurrencyPolicy", "Allow"), ("suspend", false), ("successfulJobsHistoryLimit", 3),
      ("failedJobsHistoryLimit", 1),
    ]),
  ]
}
