"""The agent from Python: say something, watch it, read the evidence."""

from hiervla import Agent

with Agent(scene="tabletop", seed=3) as agent:
    report = agent.run("put the red cube in the blue bowl", on_event=lambda e: print(e.kind))
    print(report.status, report.answer)
    for goal in report.goals:
        print(goal.goal, goal.holds, [e.says for e in goal.evidence])
