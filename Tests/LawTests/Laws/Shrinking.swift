/// Makes a failure smaller while the same law stays broken.
struct Shrinking {
  let runner: LawRunner

  func shrink(_ failure: LawFailure) async throws -> LawFailure {
    var best = failure
    let law = failure.breaches.first?.law ?? ""
    var isSmaller = true
    var tries = 0
    while isSmaller, tries < 60 {
      isSmaller = false
      for candidate in candidates(best) {
        tries += 1
        guard let breaches = try? await runner.breaches(candidate.world, candidate.fault),
          breaches.contains(where: { $0.law == law })
        else { continue }
        best = LawFailure(world: candidate.world, fault: candidate.fault, breaches: breaches)
        isSmaller = true
        break
      }
    }
    best.breaches = best.breaches.filter { $0.law == law }
    return best
  }

  private func candidates(_ failure: LawFailure) -> [(world: LawWorld, fault: LawFault)] {
    var found: [(LawWorld, LawFault)] = []
    let world = failure.world
    if !world.troubles.isEmpty {
      var smaller = world
      smaller.troubles = []
      found.append((smaller, failure.fault))
    }
    // Fewer runs.
    for step in world.steps.indices where step != failure.fault.step && world.steps.count > 1 {
      var smaller = world
      let gone = smaller.steps.remove(at: step)
      if step < smaller.steps.count { smaller.steps[step].hours += gone.hours }
      var fault = failure.fault
      if step < fault.step { fault.step -= 1 }
      for index in smaller.troubles.indices where step < smaller.troubles[index].step {
        smaller.troubles[index].step -= 1
      }
      found.append((smaller, fault))
    }
    // Fewer people, but always an admin.
    for person in world.steps[0].organisation.people
    where world.steps[0].organisation.people.count > 1 {
      var smaller = world
      for step in smaller.steps.indices {
        smaller.steps[step].organisation.people.removeAll { $0.number == person.number }
      }
      found.append((smaller, failure.fault))
    }
    // Fewer doors.
    for door in world.doors where world.doors.count > 1 {
      var smaller = world
      smaller.doors.removeAll { $0 == door }
      if door == .google { smaller.upstream = nil }
      found.append((smaller, failure.fault))
    }
    // Fewer changes.
    for step in world.steps.indices.dropFirst() {
      if !world.steps[step].teams.isEmpty {
        var smaller = world
        smaller.steps[step].teams = []
        found.append((smaller, failure.fault))
      }
      for provider in world.providers {
        let before = world.steps[step - 1].organisation.doors[provider]
        let now = world.steps[step].organisation.doors[provider]
        guard let before, let now, "\(before)" != "\(now)" else { continue }
        var smaller = world
        smaller.steps[step].organisation.doors[provider] = before
        found.append((smaller, failure.fault))
      }
    }
    return found
  }
}
