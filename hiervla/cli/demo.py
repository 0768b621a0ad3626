"""``hiervla demo``: the main job once, with a disturbance, and the proof."""

from __future__ import annotations

from hiervla.cli import options as opt

INSTRUCTION = "put the red cube in the blue bowl"


def demo(seed: opt.Seed = 0, json: opt.Json = False, set_: opt.Sets = None, gui: opt.Gui = False) -> None:
    """Put the red cube in the blue bowl, while someone moves the cube away as the hand comes near.

    Succeeds only when the disturbance was noticed, a new plan made, and the simulator's truth agrees in the end.
    """
    from hiervla.cli.live import Live

    with opt.json_stdout(json) as put:
        space = opt.workspace(None)
        settings = opt.settings(space, set_)
        from hiervla.agent import Agent

        live = Live(to_stderr=json)
        with Agent("tabletop", seed, settings=settings, workspace=space, gui=gui) as agent:
            from hiervla.sim.disturbance import Disturber
            from hiervla.sim.scene import DisturbanceSpec
            from hiervla.sim.truth import true_goals

            assert agent.cell.sim is not None
            disturber = Disturber(agent.cell.sim, (DisturbanceSpec(do="move", body="red_cube", when="approach"),))
            report = agent.run(INSTRUCTION, on_event=live)
            true = all(true_goals(agent.cell.sim, ("in red_cube blue_bowl",)).values())
        injected = [f"{h.do} {h.body} at {h.time_s:.1f} s" for h in disturber.happened]
        noticed = report.replans > 0 and bool(report.failures)
        live.line("")
        live.line(f"injected     {', '.join(injected) or 'nothing'}")
        live.line(
            f"noticed      {', '.join(f'{f.kind.value} ({f.why})' for f in report.failures) or 'nothing'}; {report.replans} new plan(s)"
        )
        for g in report.goals:
            for e in g.evidence:
                live.line(f"evidence     {g.goal}: {e.says} [{e.source}]", style="green")
        live.line(
            f"truth        the red cube is {'' if true else 'NOT '}in the blue bowl (told by the simulator, not to the robot)"
        )
        for name in ("picture", "video", "events"):
            if name in report.artifacts:
                live.line(f"{name:<12} {report.run}/{report.artifacts[name]}")
        good = report.status == "done" and true and bool(injected) and noticed
        put({"ok": good, "true_success": true, "injected": injected, "report": report.model_dump(mode="json")})
    opt.exit_with("done" if good else "failed")
