from hiervla.core.tool import Context, tool


@tool
def count_objects(ctx: Context, query: str) -> int:
    """How many objects in view fit a description such as "red cube" or "红色方块"."""
    return len(ctx.vocabulary.select(query, ctx.world))
