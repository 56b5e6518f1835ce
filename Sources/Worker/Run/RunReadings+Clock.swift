internal import CurlTransport
internal import IdentityCore

extension RunReadings {
  /// Notes at each source whose clock is another one than ours; no verdict hangs on it.
  mutating func noteClocks(_ skew: (SourceName) -> ClockSkew?) {
    for index in sources.indices {
      let name = sources[index].name
      guard let skew = skew(name), skew.isLarge else { continue }
      let issue = SourceIssue(
        code: "clock", call: "",
        message:
          "The clock here is \(skew.words) \(name)'s. By this clock idsync says how old evidence is and whether an exemption"
          + " or a vouch has ended, and signs what \(name) may refuse as too old or too new.",
        remedy: "Set the clock of this machine, best by NTP.", affects: .details)
      sources[index].issues.append(issue)
      providers[name]?.source.issues.append(issue)
    }
  }
}
