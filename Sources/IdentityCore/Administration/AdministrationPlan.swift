/// What a request comes to on a team as it stands: the writes in order, and what to tell with them.
public struct AdministrationPlan: Sendable, Hashable {
  /// One write.
  public struct Step: Sendable, Hashable {
    /// The write.
    public var change: TeamChange
    /// What stands there now.
    public var before: String
    /// What will stand there.
    public var after: String
    /// The line that tells of it, without the dots: `Adding joe@acme.com to acme-widgets as member`.
    public var text: String
    /// Whether anything is to be sent; false when all is as asked already.
    public var isNeeded: Bool

    /// Makes a step.
    public init(
      change: TeamChange, before: String, after: String, text: String, isNeeded: Bool = true
    ) {
      self.change = change
      self.before = before
      self.after = after
      self.text = text
      self.isNeeded = isNeeded
    }
  }

  /// The writes, in order; never empty.
  public var steps: [Step]
  /// What to tell beside them.
  public var notes: [String]
  /// What cannot be undone, as a question's first half; nil when all can.
  public var irrevocable: String?

  /// Makes a plan.
  public init(steps: [Step], notes: [String] = [], irrevocable: String? = nil) {
    self.steps = steps
    self.notes = notes
    self.irrevocable = irrevocable
  }
}

extension TeamState {
  /// Works out the writes for a request, or the rule that stands against it.
  ///
  /// The rights of the actor are not looked at here: at a platform it decides itself, and for a local team
  /// ``Authorisation`` does.
  public func plan(_ request: AdministrationRequest) -> Result<AdministrationPlan, Refusal> {
    do throws(Refusal) {
      return .success(try planned(request))
    } catch {
      return .failure(error)
    }
  }

  private func planned(_ request: AdministrationRequest) throws(Refusal) -> AdministrationPlan {
    if let email = request.email { try Self.checkAddress(email) }
    switch request {
    case .addMember(let email, let role): return try add(email, role)
    case .addCollaborator(let email, let app):
      return try grant(app, email, try self.app(app).usesPermissions ? .view : nil)
    case .setRole(let email, let role): return try set(email, role)
    case .removeMember(let email, let withAccess): return try remove(email, withAccess)
    case .lock(let app): return try lock(app, true)
    case .unlock(let app): return try lock(app, false)
    case .grant(let app, let email, let permissions):
      return try grant(app, email, permissions)
    case .changeAccess(let app, let email, let permissions):
      return try changeAccess(app, email, permissions)
    case .removeAccess(let app, let email):
      let access = try access(app, email)
      return AdministrationPlan(steps: [step(.removeAccess(app: app, email: access.email))])
    case .join(let app, let email): return try join(app, email)
    case .createApp(let app, let owner): return try createApp(app, owner)
    case .removeApp(let name):
      let app = try self.app(name)
      return AdministrationPlan(
        steps: [step(.removeApp(app: name))],
        irrevocable:
          "Remove \(AdministrationWording.appMark)\(name) from \(team), with the access of \(app.access.count)"
      )
    }
  }

  /// A step with what stands before and after it.
  func step(_ change: TeamChange, text: String? = nil) -> AdministrationPlan.Step {
    var later = self
    later.apply(change)
    return AdministrationPlan.Step(
      change: change, before: standing(of: change), after: later.standing(of: change),
      text: text ?? AdministrationWording.text(change, team: team),
      isNeeded: standing(of: change) != later.standing(of: change))
  }
}
