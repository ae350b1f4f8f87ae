using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System.Threading;

public sealed class AutoResetEvent : WaitHandle
{
    [MethodImpl(InternalCall)] public extern AutoResetEvent(bool initialState);
    [MethodImpl(InternalCall)] public extern bool Reset();
    [MethodImpl(InternalCall)] public extern bool Set();
}

public static class Interlocked
{
    [MethodImpl(InternalCall)] public static extern int Increment(ref int location);
    [MethodImpl(InternalCall)] public static extern int Decrement(ref int location);
    [MethodImpl(InternalCall)] public static extern int Exchange(ref int location1, int value);
    [MethodImpl(InternalCall)] public static extern int CompareExchange(ref int location1, int value, int comparand);
}

public sealed class ManualResetEvent : WaitHandle
{
    [MethodImpl(InternalCall)] public extern ManualResetEvent(bool initialState);
    [MethodImpl(InternalCall)] public extern bool Reset();
    [MethodImpl(InternalCall)] public extern bool Set();
}

public static class Monitor
{
    [MethodImpl(InternalCall)] public static extern void Enter(object obj);
    [MethodImpl(InternalCall)] public static extern void Exit(object obj);
}

public struct SpinWait
{
    [MethodImpl(InternalCall)] public extern void SpinOnce();
    [MethodImpl(InternalCall)] public static extern void SpinUntil(TimeSpan timeout);
    [MethodImpl(InternalCall)] public static extern void SpinUntil(int millisecondsTimeout);
}

public sealed class Thread
{
    [MethodImpl(InternalCall)] public extern Thread(ThreadStart start);
    [MethodImpl(InternalCall)] public extern void Start();
    [MethodImpl(InternalCall)] public extern void Abort();
    [MethodImpl(InternalCall)] public extern void Suspend();
    [MethodImpl(InternalCall)] public extern void Resume();
    public extern ThreadPriority Priority { [MethodImpl(InternalCall)] get; [MethodImpl(InternalCall)] set; }
    public extern int ManagedThreadId { [MethodImpl(InternalCall)] get; }
    public extern bool IsAlive { [MethodImpl(InternalCall)] get; }
    [MethodImpl(InternalCall)] public extern void Join();
    [MethodImpl(InternalCall)] public extern bool Join(int millisecondsTimeout);
    [MethodImpl(InternalCall)] public extern bool Join(TimeSpan timeout);
    [MethodImpl(InternalCall)] public static extern void Sleep(int millisecondsTimeout);
    public static extern void Sleep(TimeSpan timeout);
    [MethodImpl(InternalCall)] public static extern void SpinWait(int iterations);
    public static extern Thread CurrentThread { [MethodImpl(InternalCall)] get; }
    public extern ThreadState ThreadState { [MethodImpl(InternalCall)] get; }
}

public sealed class ThreadAbortException : SystemException
{
    private extern ThreadAbortException();
}

public enum ThreadPriority
{
    Lowest = 0,
    BelowNormal = 1,
    Normal = 2,
    AboveNormal = 3,
    Highest = 4,
}

public delegate void ThreadStart();

[Flags]
public enum ThreadState
{
    Running = 0,
    StopRequested = 1,
    SuspendRequested = 2,
    Background = 4,
    Unstarted = 8,
    Stopped = 16,
    WaitSleepJoin = 32,
    Suspended = 64,
    AbortRequested = 128,
    Aborted = 256,
}

public static class Timeout
{
    public const int Infinite = -1;
    public static readonly TimeSpan InfiniteTimeSpan;
}

public sealed class Timer : MarshalByRefObject, IDisposable
{
    [MethodImpl(InternalCall)] public extern Timer(TimerCallback callback, object state, int dueTime, int period);
    [MethodImpl(InternalCall)] public extern Timer(TimerCallback callback, object state, TimeSpan dueTime, TimeSpan period);
    [MethodImpl(InternalCall)] public extern bool Change(int dueTime, int period);
    [MethodImpl(InternalCall)] public extern bool Change(TimeSpan dueTime, TimeSpan period);
    [MethodImpl(InternalCall)] public extern void Dispose();
}

public delegate void TimerCallback(object state);

public abstract class WaitHandle : MarshalByRefObject
{
    public const int WaitTimeout = 258;
    [MethodImpl(InternalCall)] public virtual extern bool WaitOne(int millisecondsTimeout, bool exitContext);
    public virtual extern bool WaitOne();
    public static extern bool WaitAll(WaitHandle[] waitHandles, int millisecondsTimeout, bool exitContext);
    public static extern bool WaitAll(WaitHandle[] waitHandles);
    public static extern int WaitAny(WaitHandle[] waitHandles, int millisecondsTimeout, bool exitContext);
    public static extern int WaitAny(WaitHandle[] waitHandles);
    protected extern WaitHandle();
}
