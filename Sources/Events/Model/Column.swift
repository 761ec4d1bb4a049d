/// The fields that stand beside every event, ready to be compared, kept in columns and filtered by: 24, so that a store
/// can hold them all in memory. All others are read from the original when somebody asks.
package enum Column: UInt8, Sendable, CaseIterable {
  // Of fixed size.
  case timestamp
  case ingested
  case dataset
  case category
  case type
  case outcome
  case level
  case statusCode
  // Text.
  case action
  case userName
  case effectiveUserName
  case sourceAddress
  case destinationAddress
  case userAgent
  case clusterName
  case namespace
  case resourceType
  case resourceName
  case subresource
  case containerID
  case podName
  case hostName
  case ruleName
  case imageName

  package static let textual = allCases.filter(\.isText)
  static let firstText = Column.action.rawValue
  static let textCount = Int(Column.imageName.rawValue - Column.action.rawValue) + 1

  /// Whether values are text of any length, rather than of a fixed size.
  package var isText: Bool { rawValue >= Self.firstText }

  /// Place among the text columns.
  var slot: Int { Int(rawValue) - Int(Self.firstText) }

  package var field: FieldID {
    switch self {
    case .timestamp: .timestamp
    case .ingested: .eventIngested
    case .dataset: .eventDataset
    case .category: .eventCategory
    case .type: .eventType
    case .outcome: .eventOutcome
    case .level: .logLevel
    case .statusCode: .httpResponseStatusCode
    case .action: .eventAction
    case .userName: .userName
    case .effectiveUserName: .userEffectiveName
    case .sourceAddress: .sourceIp
    case .destinationAddress: .destinationIp
    case .userAgent: .userAgentOriginal
    case .clusterName: .orchestratorClusterName
    case .namespace: .orchestratorNamespace
    case .resourceType: .orchestratorResourceType
    case .resourceName: .orchestratorResourceName
    case .subresource: .kubernetesAuditObjectRefSubresource
    case .containerID: .containerId
    case .podName: .kubernetesPodName
    case .hostName: .hostName
    case .ruleName: .ruleName
    case .imageName: .containerImageName
    }
  }
}

extension FieldID {
  /// The column of the field; nil where it is read from the original.
  package var column: Column? { Self.columns[Int(rawValue)] }

  private static let columns: [Column?] = {
    var columns = [Column?](repeating: nil, count: allCases.count)
    for column in Column.allCases { columns[Int(column.field.rawValue)] = column }
    return columns
  }()
}
