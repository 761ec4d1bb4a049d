/// A field of the normalised event. Its name is that of the Elastic Common Schema 9, or our own where the schema has
/// none.
///
/// A small integer, so that comparing and counting fields is cheap. The numbers may change between versions; on disk
/// and on the wire a field is its `name`. Fields that only one source has are not listed here; they are reached by
/// their path in the original.
package enum FieldID: UInt16, Sendable, CaseIterable {
  case timestamp
  case agentId
  case agentName
  case agentType
  case agentVersion
  /// Dataset of the log that carried the event inside its own lines: a container's output, syslog, a shipper. Whoever
  /// writes there can write anything.
  case bartizanCarrier
  /// Why the line or document is kept without having been understood.
  case bartizanParseError
  /// Protocol by which the event was received: audit-webhook, forward, syslog.
  case bartizanProtocol
  /// Who sent the event, as the receiver authenticated it; `unauthenticated` for a protocol that cannot.
  case bartizanSender
  case clientIp
  case cloudAccountId
  case cloudAccountName
  case cloudAvailabilityZone
  case cloudInstanceId
  case cloudProjectId
  case cloudProvider
  case cloudRegion
  case cloudServiceName
  case containerId
  case containerImageHashAll
  /// Identifier of the image as the container runtime knows it.
  case containerImageId
  case containerImageName
  case containerImageTag
  case containerLabels
  case containerName
  case containerRuntime
  case containerSecurityContextPrivileged
  case destinationAddress
  case destinationBytes
  case destinationDomain
  case destinationIp
  /// Labels of the endpoint that the flow goes to.
  case destinationKubernetesLabels
  /// Namespace that the flow goes to.
  case destinationKubernetesNamespace
  /// Pod that the flow goes to.
  case destinationKubernetesPodName
  case destinationPackets
  case destinationPort
  case deviceId
  case dllHashSha256
  case dllPath
  case dnsAnswersData
  case dnsQuestionName
  case dnsQuestionType
  case dnsResponseCode
  case errorCode
  case errorMessage
  case errorStackTrace
  case errorType
  case eventAction
  case eventCategory
  case eventCode
  case eventCreated
  case eventDataset
  case eventDuration
  case eventEnd
  case eventId
  case eventIngested
  case eventKind
  case eventModule
  case eventOriginal
  case eventOutcome
  case eventProvider
  case eventReason
  case eventSequence
  case eventSeverity
  case eventStart
  case eventType
  case fileHashSha256
  case fileMode
  case fileName
  case fileOwner
  case filePath
  case fileUid
  case groupId
  case groupName
  case hostHostname
  case hostId
  case hostIp
  case hostName
  case httpRequestBodyBytes
  case httpRequestBytes
  case httpRequestId
  case httpRequestMethod
  case httpRequestMimeType
  case httpRequestReferrer
  case httpResponseBodyBytes
  case httpResponseBytes
  case httpResponseMimeType
  case httpResponseStatusCode
  case httpVersion
  /// Identifier of the request, which the client may choose.
  case kubernetesAuditAuditID
  /// Which role and binding allowed the request.
  case kubernetesAuditAuthorizationReason
  /// Decision of the authorizer: allow or forbid.
  case kubernetesAuditDecision
  /// Who the request was made as.
  case kubernetesAuditImpersonatedUserUsername
  /// What the audit policy had recorded: Metadata, Request or RequestResponse.
  case kubernetesAuditLevel
  /// API group of the object.
  case kubernetesAuditObjectRefApiGroup
  /// API version of the object.
  case kubernetesAuditObjectRefApiVersion
  /// Name of the object.
  case kubernetesAuditObjectRefName
  /// Namespace of the object.
  case kubernetesAuditObjectRefNamespace
  /// Resource of the object, in the plural.
  case kubernetesAuditObjectRefResource
  /// Part of the object that was addressed: exec, token, status.
  case kubernetesAuditObjectRefSubresource
  /// Path and query of the request.
  case kubernetesAuditRequestURI
  /// HTTP status.
  case kubernetesAuditResponseStatusCode
  /// Why the request failed, in a sentence.
  case kubernetesAuditResponseStatusMessage
  /// Why the request failed, in a word.
  case kubernetesAuditResponseStatusReason
  /// Addresses as recorded; all but the last can be made up by the client.
  case kubernetesAuditSourceIPs
  /// Stage of the request that the event tells of.
  case kubernetesAuditStage
  /// Groups of the user.
  case kubernetesAuditUserGroups
  /// Who the request was authenticated as.
  case kubernetesAuditUserUsername
  /// Program of the client, as it calls itself.
  case kubernetesAuditUserAgent
  /// Verb of the request.
  case kubernetesAuditVerb
  /// Container of a pod.
  case kubernetesContainerName
  /// Credential that the request was made with: a token's JTI or a certificate's sum.
  case kubernetesCredentialId
  /// Credential that the request was answered with.
  case kubernetesIssuedCredentialId
  /// Namespace of the pod that the event comes from or was made by.
  case kubernetesNamespace
  /// Node of the pod, or node to which the token is bound.
  case kubernetesNodeName
  /// Kind of the workload that the pod belongs to.
  case kubernetesOwnerKind
  /// Name of the workload that the pod belongs to.
  case kubernetesOwnerName
  /// Pod that the event comes from or was made by.
  case kubernetesPodName
  /// UID of the pod.
  case kubernetesPodUid
  /// Service account of the user.
  case kubernetesServiceAccountName
  /// Namespace of the service account of the user.
  case kubernetesServiceAccountNamespace
  case logFilePath
  /// Output of the process that the line came from: stdout or stderr.
  case logIostream
  case logLevel
  case logLogger
  case logOriginFileLine
  case logOriginFileName
  case logOriginFunction
  /// Address from which a stream or datagram came, as the network showed it.
  case logSourceAddress
  case logSyslogAppname
  case logSyslogFacilityCode
  case logSyslogHostname
  case logSyslogMsgid
  case logSyslogPriority
  case logSyslogProcid
  case logSyslogSeverityCode
  case logSyslogStructuredData
  case logSyslogVersion
  case message
  case networkApplication
  case networkBytes
  case networkDirection
  case networkForwardedIp
  case networkIanaNumber
  case networkPackets
  /// Network policies that decided on the flow.
  case networkPolicyName
  case networkProtocol
  case networkTransport
  case networkType
  /// What became of the packets: forwarded, dropped, allowed, denied.
  case networkVerdict
  case observerEgressInterfaceName
  case observerHostname
  case observerIngressInterfaceName
  case observerName
  case observerProduct
  case observerType
  case observerVendor
  case observerVersion
  case orchestratorApiVersion
  case orchestratorClusterId
  case orchestratorClusterName
  case orchestratorNamespace
  case orchestratorOrganization
  case orchestratorResourceAnnotation
  case orchestratorResourceId
  case orchestratorResourceIp
  case orchestratorResourceLabel
  case orchestratorResourceName
  case orchestratorResourceParentType
  case orchestratorResourceType
  case orchestratorType
  case processArgs
  case processCommandLine
  case processEntityId
  case processExecutable
  case processExitCode
  case processHashMd5
  case processHashSha256
  case processName
  case processParentCommandLine
  case processParentEntityId
  case processParentExecutable
  case processParentName
  case processParentPid
  case processPeOriginalFileName
  case processPid
  case processStart
  case processThreadId
  case processTitle
  case processTty
  case processUserId
  case processUserName
  case processWorkingDirectory
  case registryDataStrings
  case registryPath
  case registryValue
  case ruleCategory
  case ruleDescription
  case ruleId
  case ruleName
  case ruleRuleset
  case ruleVersion
  case serverAddress
  case serverDomain
  case serverIp
  case serverPort
  case serviceName
  case serviceType
  case serviceVersion
  case sourceAddress
  case sourceBytes
  case sourceDomain
  case sourceIp
  /// Labels of the endpoint that the flow comes from.
  case sourceKubernetesLabels
  /// Namespace that the flow comes from.
  case sourceKubernetesNamespace
  /// Pod that the flow comes from.
  case sourceKubernetesPodName
  case sourceMac
  case sourcePackets
  case sourcePort
  case sourceUserName
  case spanId
  case tags
  case threatTacticName
  case threatTechniqueId
  case tlsCipher
  case tlsVersion
  case traceId
  case transactionId
  case urlDomain
  case urlOriginal
  case urlPath
  case urlPort
  case urlQuery
  case urlScheme
  case userChangesName
  case userDomain
  case userEffectiveGroupName
  case userEffectiveId
  case userEffectiveName
  case userEmail
  case userGroupName
  case userId
  case userName
  case userRoles
  case userTargetGroupName
  case userTargetId
  case userTargetName
  case userAgentOriginal
  /// Channel of the Windows event log.
  case winlogChannel
  /// Number of the kind of event at its provider.
  case winlogEventId
  /// Provider of the Windows event.
  case winlogProviderName
  /// Number of the record in its log.
  case winlogRecordId
}
