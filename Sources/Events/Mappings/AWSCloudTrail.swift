import Bytes

extension Mapping {
  /// AWS CloudTrail: every service, with what ECR's events say of images.
  /// Source: docs.aws.amazon.com, "CloudTrail record contents" and "Logging Amazon ECR actions".
  static let awsCloudTrail = Mapping(
    .awsCloudTrail, "AWS CloudTrail",
    .object { bytes, members in
      members.isText(bytes, "eventName") && members.isText(bytes, "eventSource")
        && members.hasAny(bytes, "userIdentity", "awsRegion", "eventVersion", "recipientAccountId")
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "aws.cloudtrail", native: "")],
    rules: [
      .time("eventTime"),
      .compute(
        .eventAction, .eventCategory, .eventType, .eventOutcome,
        from: ["eventName", "eventSource", "errorCode", "responseElements.ConsoleLogin", "readOnly"]
      ) { bytes, extractor in classify(bytes, &extractor) },
      .copy(
        "userIdentity.userName", "userIdentity.sessionContext.sessionIssuer.userName", "userIdentity.invokedBy",
        "userIdentity.arn", "userIdentity.principalId", "userIdentity.accountId", to: .userName),
      .compute(.sourceIp, .sourceDomain, from: ["sourceIPAddress"]) { bytes, extractor in
        guard let text = extractor.text(0, bytes) else { return }
        if IPAddress(text) != nil { extractor.emit(.sourceIp, text) } else { extractor.emit(.sourceDomain, text) }
      },
      .copy("userAgent", to: .userAgentOriginal),
      .compute(
        .containerImageName, .containerImageTag, .containerImageHashAll,
        from: [
          "eventSource", "requestParameters.repositoryName", "requestParameters.imageTag",
          "responseElements.image.imageId.imageDigest", "requestParameters.imageIds.imageDigest",
          "requestParameters.imageIds.imageTag", "responseElements.image.imageId.imageTag",
          "requestParameters.imageDigest",
        ]
      ) { bytes, extractor in
        guard extractor.equals(0, bytes, "ecr.amazonaws.com") || extractor.equals(0, bytes, "ecr-public.amazonaws.com")
        else { return }
        extractor.emit(.containerImageName, input: 1, bytes)
        for input in [2, 5, 6] { extractor.emit(.containerImageTag, input: input, bytes) }
        for input in [3, 4, 7] { extractor.emit(.containerImageHashAll, input: input, bytes) }
      },
      .copy("requestParameters.name", "requestParameters.clusterName", to: .orchestratorResourceName),
      .copy("eventSource", to: .eventProvider),
      .copy("eventID", to: .eventId),
      .copy("errorCode", to: .errorCode),
      .copy("errorMessage", to: .errorMessage),
      .copy("errorMessage", to: .message),
      .copy("awsRegion", to: .cloudRegion),
      .copy("recipientAccountId", "userIdentity.accountId", to: .cloudAccountId),
      .constant("aws", to: .cloudProvider),
      .copy("userIdentity.principalId", to: .userId),
      .copy("userIdentity.sessionContext.sessionIssuer.userName", to: .userRoles),
      .copy("requestParameters.userName", "requestParameters.roleName", to: .userTargetName),
      .copy("requestParameters.groupName", to: .userTargetGroupName),
      .copy("requestID", to: .httpRequestId),
      .copy("tlsDetails.tlsVersion", to: .tlsVersion),
      .copy("tlsDetails.cipherSuite", to: .tlsCipher),
      .copy("tlsDetails.clientProvidedHostHeader", to: .serverDomain),
      .copy("eventType", to: .eventCode),
    ])

  private static func classify(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    guard let name = extractor.text(0, bytes) else { return }
    let source = extractor.text(1, bytes) ?? ""
    extractor.header.categories.insert(.api)
    var action = name
    if source.hasPrefix("ecr.") || source.hasPrefix("ecr-public.") {
      extractor.header.categories.insert(.package)
      action = Self.registryActions[name] ?? name
    } else if source == "iam.amazonaws.com" {
      extractor.header.categories.insert(.iam)
    } else if source == "signin.amazonaws.com" || name.hasPrefix("AssumeRole") || name == "GetSessionToken" {
      extractor.header.categories.insert(.authentication)
    }
    extractor.emit(.eventAction, action)
    if extractor.input(4).kind == .yes || ["Get", "List", "Describe", "Batch"].contains(where: name.hasPrefix) {
      extractor.header.types.insert(.access)
    } else if ["Create", "Put", "Run", "Add", "Attach"].contains(where: name.hasPrefix) {
      extractor.header.types.insert(.creation)
    } else if ["Delete", "Remove", "Terminate", "Detach"].contains(where: name.hasPrefix) {
      extractor.header.types.insert(.deletion)
    } else {
      extractor.header.types.insert(.change)
    }
    if let error = extractor.text(2, bytes) {
      extractor.setOutcome(.failure)
      if error.contains("AccessDenied") || error.contains("Unauthorized") || error.contains("Forbidden") {
        extractor.header.types.insert(.denied)
      }
    } else if let login = extractor.text(3, bytes) {
      extractor.setOutcome(login == "Success" ? .success : .failure)
      if login != "Success" { extractor.header.types.insert(.denied) }
    } else {
      extractor.setOutcome(.success)
    }
  }

  private static let registryActions = [
    "BatchGetImage": "pull", "GetDownloadUrlForLayer": "pull", "PutImage": "push", "InitiateLayerUpload": "push",
    "UploadLayerPart": "push", "CompleteLayerUpload": "push", "BatchDeleteImage": "delete",
    "DeleteRepository": "delete", "GetAuthorizationToken": "login", "ListImages": "list", "DescribeImages": "list",
  ]
}
