namespace SparseNas.Search.Tests;

/// <summary>A clock that moves only by <see cref="Advance"/>, on whose thread the timers that fall due then fire.</summary>
internal sealed class HandClock : TimeProvider
{
    private readonly List<HandTimer> timers = [];
    private TimeSpan now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(() => callback(state), now + dueTime);
        timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        now += time;
        foreach (HandTimer timer in timers) timer.FireIfDue(now);
    }

    private sealed class HandTimer(Action fire, TimeSpan due) : ITimer
    {
        private bool done;

        public void FireIfDue(TimeSpan now)
        {
            if (done || now < due) return;
            done = true;
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => done = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
