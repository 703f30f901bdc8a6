using System.Diagnostics;

namespace GGLib.Bench.Load;

/// <summary>Runs a load on the calling thread.</summary>
internal static class LoadClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <exception cref="BadAnswerException">An answer was cut or wrong.</exception>
    public static LoadResult Run(LoadPlan plan)
    {
        using var epoll = new Epoll();
        var request = plan.Endpoint.Request(plan.Tokens);
        var connections = new Connection[plan.Clients];
        for (var index = 0; index < connections.Length; index++)
        {
            connections[index] = new Connection(plan.Endpoint, request);
        }

        try
        {
            return Run(plan, epoll, connections);
        }
        finally
        {
            foreach (var connection in connections)
            {
                connection.Dispose();
            }
        }
    }

    private static LoadResult Run(LoadPlan plan, Epoll epoll, Connection[] connections)
    {
        var result = new LoadResult();
        var buffer = new byte[64 * 1024];
        var tags = new int[256];
        var begin = Stopwatch.GetTimestamp();
        var from = begin + Ticks(plan.WarmUp);
        var until = from + Ticks(plan.Window);
        var (edge, opened, started, busy, lineEnds, now) = (0, 0L, 0, 0, 0L, begin);
        foreach (var connection in connections)
        {
            connection.Reader.Stamped = plan.Stamped ? stamp => Arrived(stamp) : null;
        }

        while (busy > 0 || edge < 2)
        {
            now = Stopwatch.GetTimestamp();
            if (edge == 0 && now >= from)
            {
                (edge, opened) = (1, now);
                plan.AtEdge?.Invoke(true);
            }
            else if (edge == 1 && now >= until)
            {
                edge = 2;
                plan.AtEdge?.Invoke(false);
                result.Window = Stopwatch.GetElapsedTime(opened, now);
                result.Tokens = (double)lineEnds / plan.Endpoint.LineEndsOfToken;
            }

            if (now > until + Ticks(Patience))
            {
                throw connections.First(connection => connection.Busy).Reader.Bad($"an answer that does not end ({busy} of {connections.Length})");
            }

            while (started < connections.Length && now >= begin + (Ticks(plan.Spread) * started / connections.Length))
            {
                Ask(started++);
                busy++;
            }

            var count = epoll.Wait(tags, started < connections.Length ? 0 : 5);
            for (var index = 0; index < count; index++)
            {
                ReadFrom(tags[index]);
            }
        }

        return result;

        void Ask(int index)
        {
            if (connections[index].Send())
            {
                epoll.Watch(connections[index].Descriptor, index);
            }
        }

        void Arrived(long stamp)
        {
            if (edge == 1)
            {
                result.Transit.Add((now * (1e9 / Stopwatch.Frequency) - stamp) / 1e6);
            }
        }

        void ReadFrom(int index)
        {
            var connection = connections[index];
            var reader = connection.Reader;
            var read = Epoll.Read(connection.Descriptor, buffer);
            now = Stopwatch.GetTimestamp();
            if (read < 0)
            {
                return;
            }

            if (read == 0)
            {
                if (connection.Busy)
                {
                    throw reader.Bad($"cut after {reader.LineEnds} line ends");
                }

                epoll.Forget(connection.Descriptor);
                connection.Dispose();
                return;
            }

            var before = reader.LineEnds;
            var ended = reader.Take(buffer.AsSpan(0, read));
            if (edge == 1)
            {
                lineEnds += reader.LineEnds - before;
            }

            if (!connection.FirstSeen && reader.LineEnds >= plan.Endpoint.LineEndsOfFirst)
            {
                connection.FirstSeen = true;
                if (edge == 1)
                {
                    result.FirstToken.Add(Stopwatch.GetElapsedTime(connection.SentAt, now).TotalMilliseconds);
                }
            }

            if (!ended)
            {
                return;
            }

            reader.CheckEnd(plan.Endpoint.LineEnds(plan.Tokens));
            if (reader.Closes)
            {
                epoll.Forget(connection.Descriptor);
                connection.Dispose();
            }

            if (now < until)
            {
                Ask(index);
            }
            else
            {
                connection.Rest();
                busy--;
            }
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
