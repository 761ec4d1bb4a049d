/// How many accounts come from an address: one that many share (a gateway, a jump host) tells nothing about who somebody
/// is. Accounts and addresses are kept as digests.
struct AddressBook: Sendable {
  /// An address with more accounts than this is shared.
  static let mostAccounts: UInt8 = 5
  /// Maximum number of different pairs; what comes after that is not counted.
  private static let mostPairs = 1 << 20

  private var pairs: Set<Int> = []
  private var accounts: [Int: UInt8] = [:]
  private var last = 0

  mutating func see(account: UnsafeRawBufferPointer, address: UnsafeRawBufferPointer) {
    var hasher = Hasher()
    hasher.combine(bytes: address)
    let place = hasher.finalize()
    hasher = Hasher()
    hasher.combine(place)
    hasher.combine(bytes: account)
    let pair = hasher.finalize()
    // Most events come in runs.
    guard pair != last else { return }
    last = pair
    // Of an address that many share no more has to be known.
    let known = accounts[place, default: 0]
    guard known <= Self.mostAccounts, pairs.count < Self.mostPairs, pairs.insert(pair).inserted else { return }
    accounts[place] = known + 1
  }

  func isShared(_ address: String) -> Bool {
    var address = address
    let place = address.withUTF8 { bytes in
      var hasher = Hasher()
      hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
      return hasher.finalize()
    }
    return accounts[place, default: 0] > Self.mostAccounts
  }
}
