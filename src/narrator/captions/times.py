"""Times in subtitles."""

from narrator.units import Ms


def show_time(time: Ms, point: str = ".") -> str:
    """Return a time as `01:02:03.400`; SubRip has a comma instead of the point."""
    seconds, part = divmod(time, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{part:03}"
