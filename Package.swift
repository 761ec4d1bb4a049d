// swift-tools-version: 6.1
import PackageDescription

/// The floor plan: module, layer, modules it may import. `ArchitectureTests` reads this file and the imports and
/// compares both with `docs/architecture.md`.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A fully static executable cannot have ISA-L, of which Debian has no static library; see docs/decisions/0012.
let isStatic = Context.environment["BARTIZAN_STATIC"] != nil

func module(_ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house + settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestKit"], exclude: resources, swiftSettings: house)
}

let package = Package(
  name: "bartizan",
  products: [.executable(name: "bartizan", targets: ["bartizan"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CIsal", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
    .target(name: "ReportAssets"),
    .target(name: "DetectionRules", exclude: ["rules"]),

    module(
      "Bytes", ["CYAML", "CZlib", "CZstd"] + (isStatic ? [] : ["CIsal"]), isStatic ? [] : [.define("ISAL")]),
    module("Findings"),
    module("Kube", ["Bytes", "Findings"]),
    module("Events", ["Bytes", "Findings"]),
    module("Expressions", ["Bytes"]),
    module("Access", ["Bytes", "Findings", "Kube", "Events"]),
    module("Reach", ["Bytes", "Findings", "Kube"]),
    module("Images", ["Bytes", "Findings", "Kube", .product(name: "Crypto", package: "swift-crypto")]),
    module(
      "Trust",
      [
        "Bytes", "Findings", "Kube", "Expressions",
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    module("PodSecurity", ["Bytes", "Findings", "Kube"]),
    module("Validation", ["Bytes", "Findings", "Kube", "Expressions"]),
    module("Detect", ["Bytes", "Findings", "Events", "DetectionRules"]),
    module("Depth", ["Bytes", "Findings", "Kube", "Access", "Reach", "PodSecurity"]),
    module("Admission", ["Bytes", "Findings", "Kube", "Expressions", "Access", "PodSecurity", "Validation"]),
    module(
      "Posture", ["Bytes", "Findings", "Kube", "Access", "Reach", "Images", "PodSecurity", "Validation", "Depth"]),
    module(
      "Transport",
      [
        "Bytes", "Findings",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    module(
      "Server",
      [
        "Bytes", "Findings",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    module(
      "Collect",
      [
        "Bytes", "Findings", "Kube", "Images", "Trust", "Depth", "Transport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    module(
      "Ingest",
      ["Bytes", "Events", "Server", .product(name: "Crypto", package: "swift-crypto")]),
    module(
      "Store",
      [
        "Bytes", "Findings", "Events", "Images", "Detect", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    module(
      "Forward",
      [
        "Bytes", "Findings", "Detect", "Transport", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    module(
      "Report",
      [
        "Bytes", "Findings", "Kube", "Events", "Access", "Reach", "Images", "Trust", "PodSecurity", "Detect", "Depth",
        "Posture",
        "Admission", "ReportAssets",
      ]),
    module(
      "Operations",
      [
        "Bytes", "Findings", "Kube", "Events", "Access", "Reach", "Images", "Trust", "PodSecurity", "Validation",
        "Detect",
        "Depth", "Posture", "Admission", "Transport", "Collect", "Store", "Report",
      ]),
    module(
      "Console",
      [
        "Bytes", "Findings", "Kube", "Events", "PodSecurity", "Admission", "Transport", "Server", "Collect", "Ingest",
        "Store", "Report", "Operations", "Detect", "Forward",
      ]),
    module(
      "BartizanCLI",
      [
        "Bytes", "Findings", "Kube", "Events", "Access", "Reach", "Images", "Trust", "PodSecurity", "Detect", "Depth",
        "Posture",
        "Admission", "Transport", "Server", "Collect", "Store", "Forward", "Report", "Operations", "Console",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "bartizan", dependencies: ["BartizanCLI"], swiftSettings: house),
    .target(
      name: "TestKit", dependencies: ["Bytes", "Findings", "Kube"], path: "Tests/TestKit",
      swiftSettings: house),
    .target(
      name: "FakeCluster",
      dependencies: [
        "Bytes",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
      ], path: "Tests/FakeCluster", swiftSettings: house),
    tests("Architecture", ["Findings", "PodSecurity", "Posture"]),
    tests("Bytes", ["Bytes", "CZstd"]),
    tests("Findings", ["Findings"]),
    tests("Kube", ["Bytes", "Findings", "Kube"]),
    tests("Events", ["Bytes", "Findings", "Events"]),
    tests("Expressions", ["Bytes", "Expressions"]),
    tests("Validation", ["Bytes", "Findings", "Kube", "Validation"]),
    tests(
      "Admission", ["Bytes", "Findings", "Kube", "Expressions", "Access", "PodSecurity", "Validation", "Admission"]),
    tests("Access", ["Bytes", "Findings", "Kube", "Events", "Access"]),
    tests("PodSecurity", ["Bytes", "Findings", "Kube", "PodSecurity"]),
    tests("Detect", ["Bytes", "Findings", "Events", "Detect"]),
    tests("Depth", ["Bytes", "Findings", "Kube", "Access", "Reach", "PodSecurity", "Depth"]),
    tests("Reach", ["Bytes", "Findings", "Kube", "Reach"]),
    tests("Images", ["Bytes", "Findings", "Images"]),
    tests(
      "Trust",
      [
        "Bytes", "Findings", "Trust", "FakeCluster",
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    tests(
      "Posture", ["Bytes", "Findings", "Kube", "Access", "Images", "PodSecurity", "Depth", "Posture"],
      resources: ["Cases", "Owners"]),
    tests(
      "Transport",
      ["Bytes", "Findings", "Transport", "FakeCluster", .product(name: "NIOSSL", package: "swift-nio-ssl")]),
    tests(
      "Collect",
      [
        "Bytes", "Findings", "Kube", "Access", "Reach", "Images", "Trust", "PodSecurity", "Depth", "Posture",
        "Transport", "Collect", "FakeCluster", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    tests("Store", ["Bytes", "Findings", "Events", "Images", "Detect", "Store"]),
    tests(
      "Forward",
      [
        "Bytes", "Findings", "Events", "Detect", "Transport", "Forward", "FakeCluster",
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    tests("Report", ["Bytes", "Findings", "Images", "Report"]),
    tests(
      "Operations",
      [
        "Bytes", "Findings", "Kube", "Access", "Images", "Trust", "PodSecurity", "Admission", "Collect", "Posture",
        "Events", "Store", "Report", "Operations",
      ]),
    tests(
      "Server",
      [
        "Bytes", "Transport", "Server", "FakeCluster", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    tests(
      "Ingest",
      [
        "Bytes", "Events", "Server", "Ingest", "FakeCluster", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    tests(
      "Console",
      [
        "Bytes", "Findings", "Kube", "Events", "Trust", "PodSecurity", "Admission", "Transport", "Server", "Collect",
        "Ingest", "Store", "Operations", "Console", "FakeCluster", "Detect", "Forward",
      ]),
    tests(
      "BartizanCLI",
      [
        "Bytes", "Findings", "Images", "Transport", "Server", "Detect", "Console", "BartizanCLI", "FakeCluster",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], resources: ["Cases", "Fixtures", "Found"]),
  ],
  cLanguageStandard: .gnu2x
)

// What fuzzes the readers is built by nobody else: `Fuzz/run` says so.
if Context.environment["BARTIZAN_FUZZ"] != nil {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
    .executableTarget(
      name: "Readers",
      dependencies: [
        "CFuzzer", "Bytes", "Findings", "Kube", "Events", "Expressions", "Access", "Reach", "Images", "Trust",
        "PodSecurity", "Validation", "Detect", "Depth", "Admission", "Posture", "Collect", "Ingest", "Console",
      ],
      path: "Fuzz/Readers",
      swiftSettings: house,
      // gold breaks on what the sanitizer adds.
      linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
  ]
}
