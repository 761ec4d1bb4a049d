/// All kinds of answers, by name. A new kind is a file here, a line in this list, and a branch in
/// `docs/schemas/answers.v1.json`.
package enum AnswerKinds {
  package static let all: [any KindOfAnswer.Type] = [
    AccessAnswer.self, AccessDiffAnswer.self, AccessReviewAnswer.self, AdmissionExplanationAnswer.self,
    AlertDetailAnswer.self, AlertListAnswer.self, DeliveryListAnswer.self, IncidentDetailAnswer.self,
    IncidentListAnswer.self,
    RedeliveryAnswer.self, SelfTestAnswer.self, SuppressionListAnswer.self, TriageChangeAnswer.self,
    TrustUpdateAnswer.self,
    AdmissionReplayAnswer.self, AdmissionTestAnswer.self, AdvisoriesAnswer.self,
    AdvisoryMatchesAnswer.self, AdvisoryStoreAnswer.self, AdvisoryUpdateAnswer.self, CISBenchmarkAnswer.self,
    CISComparisonAnswer.self, BlastRadiusAnswer.self, BundleVerificationAnswer.self,
    CheckListAnswer.self, ComponentDossiersAnswer.self, ComponentReviewAnswer.self, ConfigurationAnswer.self,
    ConnectionAnswer.self,
    ConnectionExplanationAnswer.self,
    ConnectivityAnswer.self, ConnectivityDiffAnswer.self, DepthAnswer.self,
    DepthChangesAnswer.self, DepthCutAnswer.self, DepthPathsAnswer.self, DepthProbesAnswer.self, DetectionAnswer.self,
    EscalationPathsAnswer.self,
    EventDetailAnswer.self,
    EventFieldsAnswer.self, EventImportAnswer.self, EventPruneAnswer.self, EventSourcesAnswer.self,
    EventTemplatesAnswer.self,
    EventStatisticsAnswer.self, EventStoreAnswer.self, EventVerificationAnswer.self, EventsAnswer.self,
    ExposureAnswer.self,
    FindingsDiffAnswer.self, FrameworkReportAnswer.self, GrantAnswer.self, ImageExplanationAnswer.self,
    ImageHistoryAnswer.self, ImageProvenanceAnswer.self, ImageVerificationAnswer.self,
    ImageReportsAnswer.self, ImageScanReport.self, ImageSecretsAnswer.self, ImageSigningAnswer.self, ImageWatchAnswer.self, PackagesAnswer.self,
    PodSecurityCheckAnswer.self, PodSecurityHeadroomAnswer.self, PolicyLintAnswer.self, PolicyRemarksAnswer.self,
    PolicyVerdictsAnswer.self, PotentialExposureAnswer.self,
    RuleCheckAnswer.self, RuleExplanationAnswer.self, RuleListAnswer.self, RuleTestAnswer.self,
    ScannerComparisonAnswer.self, SigningKeyAnswer.self, SnapshotSavedAnswer.self, SubjectListAnswer.self,
    TokenCreatedAnswer.self, UnusedAccessAnswer.self,
    VersionComparisonAnswer.self, WatchedImagesAnswer.self, WhatCanAnswer.self, WhoCanAnswer.self,
  ]
}
